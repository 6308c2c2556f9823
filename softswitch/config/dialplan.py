"""The dialplan: what the operator says about the company, as one immutable snapshot."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from softswitch.config.addresses import LOCAL_NETWORKS, ExternalAddress, Host, Network
from softswitch.config.agents import Agents
from softswitch.config.announcement import AnnouncementPlace
from softswitch.config.call_test import CallTest
from softswitch.config.calling import ClassOfService
from softswitch.config.conference import Conference
from softswitch.config.country import AreaCode, Country, ShortNumber, emergency_numbers
from softswitch.config.department import Department
from softswitch.config.direct_number import Modes, Numbers
from softswitch.config.disa import Disa
from softswitch.config.extension import Extension
from softswitch.config.fax import FaxPlace
from softswitch.config.features import Features
from softswitch.config.files import FileName
from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.greetings import Greetings
from softswitch.config.hold import Hold
from softswitch.config.limits import Limits
from softswitch.config.lines import Lines
from softswitch.config.listeners import Listener
from softswitch.config.locale_types import Language, Timezone
from softswitch.config.mail import Mail
from softswitch.config.menu import Menu
from softswitch.config.metrics import Metrics
from softswitch.config.music import DEFAULT, MusicClass
from softswitch.config.office import Office
from softswitch.config.once import Once
from softswitch.config.paging import PagingGroup
from softswitch.config.parking import Parking
from softswitch.config.people import SECRETARY, secretaries_of, with_their_people
from softswitch.config.price_list import PriceList
from softswitch.config.problems import Problem
from softswitch.config.queue import Queue
from softswitch.config.recording import Recording
from softswitch.config.records import Records
from softswitch.config.refusal import refusal
from softswitch.config.scenario import Scenario
from softswitch.config.section import Section, restart_only
from softswitch.config.settings import Audio, Calls, Codec, Log, Registration, Rtp
from softswitch.config.supervision import Supervision
from softswitch.config.tables import with_keys
from softswitch.config.texts import Key, Name, Number, Realm
from softswitch.config.tls import Tls
from softswitch.config.trunk import Line, Trunk
from softswitch.config.voicemail import Voicemail
from softswitch.config.yaml_nodes import LineOf, Source


def _realm_of(data: dict[str, Any]) -> Any:
    return data.get("domain", "")


def _version(value: object) -> object:
    # pydantic's Literal compares, and in Python True equals 1.
    if isinstance(value, bool | float):
        raise refusal("this is not a version of the format", "write 1")
    return value


Version = Annotated[Literal[1], BeforeValidator(_version)]
Extensions = Annotated[Mapping[Number, Extension], with_keys("extensions"), FREEZE, THAW]
Departments = Annotated[Mapping[Key, Department], with_keys("departments"), FREEZE, THAW]
Conferences = Annotated[Mapping[Number, Conference], with_keys("conferences"), FREEZE, THAW]
Queues = Annotated[Mapping[Key, Queue], with_keys("queues"), FREEZE, THAW]
PagingGroups = Annotated[Mapping[Number, PagingGroup], with_keys("paging"), FREEZE, THAW]
Menus = Annotated[Mapping[Key, Menu], with_keys("menus"), FREEZE, THAW]
Scenarios = Annotated[Mapping[Key, Scenario], with_keys("scenarios"), FREEZE, THAW]
Announcements = Annotated[Mapping[Key, AnnouncementPlace], with_keys("announcements"), FREEZE, THAW]
Faxes = Annotated[Mapping[Key, FaxPlace], with_keys("faxes"), FREEZE, THAW]
Tests = Annotated[Mapping[Key, CallTest], with_keys("tests"), FREEZE, THAW]
Musics = Annotated[Mapping[Key, MusicClass], with_keys("music"), FREEZE, THAW]
Trunks = Annotated[Mapping[Key, Trunk], with_keys("trunks"), FREEZE, THAW]
PriceLists = Annotated[Mapping[Key, PriceList], with_keys("price_lists"), FREEZE, THAW]
Offices = Annotated[Mapping[Key, Office], with_keys("offices"), FREEZE, THAW]
Classes = Annotated[Mapping[Key, ClassOfService], with_keys("classes_of_service"), FREEZE, THAW]


class Dialplan(Section):
    """One dialplan file, checked and complete. Everything that is not in the file has its default here."""

    version: Version = Field(default=1, description="Version of this file's format.", examples=[1])
    domain: Host = Field(
        json_schema_extra=restart_only(),
        description="Host part of every extension's address: 101@domain.",
        examples=["office.example", "192.168.1.10"],
    )
    realm: Realm = Field(
        default_factory=_realm_of, description="Realm of the digest challenge. Default: the domain."
    )
    company: Name | None = Field(
        default=None, description="The company's name, as callers hear it.", examples=["Berg & Sons"]
    )
    language: Language = Field(
        default="en", description="Language of prompts, a BCP 47 tag.", examples=["en", "de"]
    )
    timezone: Timezone = Field(
        default=ZoneInfo("UTC"), description="IANA timezone.", examples=["Europe/Berlin"]
    )
    country: Country | None = Field(
        default=None,
        description="The country whose numbers are dialled without a country code (ISO 3166). It tells what "
        "a number is: local, mobile, premium …, and which ones are for emergencies.",
        examples=["DE", "ID"],
    )
    area_code: AreaCode | None = Field(
        default=None,
        description="The area whose numbers are dialled without an area code, without the 0 before it.",
        examples=["30"],
    )
    emergency: Annotated[tuple[ShortNumber, ...], Once()] = Field(
        default=(),
        description="Emergency numbers beside the country's own. They get through from any phone.",
        examples=[["112", "110"]],
    )
    listen: Annotated[tuple[Listener, ...], Once()] = Field(
        default=(Listener.parse("udp://0.0.0.0:5060"), Listener.parse("tcp://0.0.0.0:5060")),
        min_length=1,
        max_length=8,  # PJSIP's own limit
        description="Where SIP is taken: transport://address:port, IPv6 in brackets.",
        examples=[["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060", "tls://[::]:5061"]],
        json_schema_extra=restart_only(),
    )
    tls: Tls | None = Field(
        default=None, description="The certificate that TLS listeners show.", json_schema_extra=restart_only()
    )
    external_address: ExternalAddress | None = Field(
        default=None,
        description="The address told to phones outside the local networks, when the switch is behind NAT.",
        examples=["203.0.113.7"],
        json_schema_extra=restart_only(),
    )
    local_networks: Annotated[tuple[Network, ...], Once()] = Field(
        default=LOCAL_NETWORKS,
        description="Networks that reach the switch without NAT.",
        examples=[["192.168.0.0/16", "fc00::/7"]],
    )
    rtp: Rtp = Field(default=Rtp(), description="Where sound goes through.")
    codecs: Annotated[tuple[Codec, ...], Once()] = Field(
        default=("pcma", "pcmu", "g722", "opus"),
        min_length=1,
        description="Codecs allowed, the preferred one first.",
        examples=[["pcma", "pcmu"]],
        json_schema_extra=restart_only(),
    )
    audio: Audio = Field(
        default="narrowband",
        description="Sampling inside the switch: narrowband 8 kHz, wideband 16 kHz (fuller sound, more CPU).",
        json_schema_extra=restart_only(),
    )
    registration: Registration = Field(default=Registration(), description="How phones register.")
    calls: Calls = Field(default=Calls(), description="What holds for every call.")
    music: Musics = Field(
        default_factory=dict,
        validate_default=True,
        description="What those hear who wait, by name. `default` is heard where nothing else is said.",
    )
    prompts: Annotated[Path, FileName()] = Field(
        default=Path("prompts"),
        description="Folder of own recordings and texts, LANGUAGE/NAME.wav and LANGUAGE.yaml: see "
        "`softswitch prompts` and prompts/README.md. It need not be there.",
        examples=["/etc/softswitch/prompts"],
    )
    state_directory: Annotated[Path, FileName()] = Field(
        default=Path("state"),
        description="Where registrations, call records and the control socket are kept.",
        examples=["/var/lib/softswitch"],
        json_schema_extra=restart_only(),
    )
    log: Log = Field(default=Log(), description="What is logged.")
    metrics: Metrics = Field(default=Metrics(), description="Figures for Prometheus.")
    records: Records = Field(default=Records(), description="What is kept of every call.")
    extensions: Extensions = Field(
        min_length=1, description="The numbers in the house, each with its person."
    )

    departments: Departments = Field(
        default_factory=dict, validate_default=True, description="Colleagues who answer one number together."
    )
    modes: Modes = Field(
        default_factory=dict,
        validate_default=True,
        description="Day, night, lunch, holidays: by what the company's calls go. The first that fits holds.",
    )
    numbers: Numbers = Field(
        default_factory=dict,
        validate_default=True,
        description="Where calls from outside go: each number with a place, or with one for each mode.",
        examples=[{"+4930123450": "sales", "+4930123451": {"day": "101", "otherwise": "sales"}}],
    )
    tests: Tests = Field(
        default_factory=dict,
        validate_default=True,
        description="Calls and what is expected of them: run by `softswitch check` and before each reload.",
    )
    greetings: Greetings = Field(default=Greetings(), description="How callers are greeted.")
    conferences: Conferences = Field(
        default_factory=dict,
        validate_default=True,
        description="Conference rooms by the number that is dialled to enter.",
    )
    queues: Queues = Field(
        default_factory=dict,
        validate_default=True,
        description="Lines of callers who wait for agents; numbers and menus lead to them by name.",
    )
    agents: Agents = Field(default_factory=Agents, description="What holds for the agents of all queues.")
    paging: PagingGroups = Field(
        default_factory=dict,
        validate_default=True,
        description="Paging groups by the number that is dialled to speak through their phones.",
    )
    menus: Menus = Field(
        default_factory=dict,
        validate_default=True,
        description="Menus that callers go through by keys; numbers and other menus lead to them by name.",
    )
    disa: Disa | None = Field(
        default=None,
        description="A way to an outside line for people who call from outside, by pin. Default: none.",
    )
    scenarios: Scenarios = Field(
        default_factory=dict,
        validate_default=True,
        description="Named steps that calls walk through: play, ask, branch, ask the web, ring …",
    )
    announcements: Announcements = Field(
        default_factory=dict,
        validate_default=True,
        description="Texts and recordings that callers hear, by the name that numbers and menus lead to.",
    )
    faxes: Faxes = Field(
        default_factory=dict,
        validate_default=True,
        description="Fax machines, by the name that numbers and menus lead to.",
    )
    trunks: Trunks = Field(
        default_factory=dict, validate_default=True, description="The lines to the telephone network."
    )
    lines: Lines = Field(default=Lines(), description="Which trunks calls out take.")
    limits: Limits = Field(default=Limits(), description="What every extension may spend on calls out.")
    price_lists: PriceLists = Field(
        default_factory=dict, validate_default=True, description="What calls over the trunks cost."
    )
    offices: Offices = Field(
        default_factory=dict,
        validate_default=True,
        description="Other exchanges of the company, whose numbers are dialled like one's own.",
    )
    classes_of_service: Classes = Field(
        default_factory=dict,
        validate_default=True,
        description="Rights by name, for extensions and departments: see `class_of_service` there.",
    )
    features: Features = Field(default=Features(), description="The codes of what people do with calls.")
    parking: Parking = Field(default=Parking(), description="Where calls are parked.")
    supervision: Supervision = Field(default=Supervision(), description="Listening to other people's calls.")
    hold: Hold = Field(default=Hold(), description="What a caller on hold hears beside the music.")
    recording: Recording = Field(default_factory=Recording, description="Recording of calls.")
    mail: Mail | None = Field(default=None, description="The server that takes our mail.")
    voicemail: Voicemail = Field(default=Voicemail(), description="What holds for all voicemail boxes.")

    @model_validator(mode="before")
    @classmethod
    def _people_in_departments(cls, data: Any) -> Any:
        return with_their_people(data)

    _file: Path | None = PrivateAttr(None)
    _source: Source = PrivateAttr(Source(None))
    _line_of: LineOf = PrivateAttr(LineOf(Source(None)))
    _warnings: tuple[Problem, ...] = PrivateAttr(())

    @property
    def file(self) -> Path | None:
        """The file that was read; None for a dialplan built by hand."""
        return self._file

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the file may say but should not, sorted by place."""
        return self._warnings

    @property
    def line_of(self) -> LineOf:
        """Tells the line of a key, such as ("extensions", "101"), from 1; None if the file is silent.

        Who asks often keeps it: a model takes its time to find what is private to it.
        """
        return self._line_of

    @property
    def lines_out(self) -> Mapping[str, Line]:
        """All that leads to another server: trunks and offices, by their keys."""
        return {**self.trunks, **self.offices}

    @property
    def emergency_numbers(self) -> frozenset[str]:
        """What is dialled in an emergency: the file's own numbers and the country's."""
        of_the_country = emergency_numbers(self.country) if self.country else frozenset[str]()
        return of_the_country.union(self.emergency)

    def line_of_number(self, number: str, key: str) -> int | None:
        """The line that says where an outside number's calls go: in the mode `key`, or `otherwise`."""
        return self.line_of.around(("numbers", number, key))

    def language_of(self, number: str) -> str:
        """The language of an extension, or the dialplan's for a number that is none."""
        extension = self.extensions.get(number)
        return (extension.language if extension else None) or self.language

    def timezone_of(self, number: str) -> ZoneInfo:
        """The timezone of an extension, or the dialplan's for a number that is none."""
        extension = self.extensions.get(number)
        return (extension.timezone if extension else None) or self.timezone

    def ring_time_of(self, number: str) -> float:
        """How long an extension rings, in seconds."""
        extension = self.extensions.get(number)
        return (extension.ring_time if extension else None) or self.calls.ring_time

    def music_of(self, number: str) -> str:
        """The class of music that those hear whom a number lets wait.

        An extension's own, else that of the first of its departments that has one, else the default. A
        department and a conference have theirs by their number.
        """
        extension, department = self.extensions.get(number), self.department(number)
        theirs = (*self.departments_of(number), self.conferences.get(number), self.queue(number))
        chosen = (one.music for one in (extension, department, *theirs) if one is not None)
        return next((name for name in chosen if name is not None), DEFAULT)

    def queue(self, name: str) -> Queue | None:
        """The queue of that key or number, or None."""
        return self.queues.get(name) or next(
            (one for one in self.queues.values() if one.number == name), None
        )

    def department(self, name: str) -> Department | None:
        """The department of that key or number, or None."""
        return self.departments_by_name.get(name)

    def departments_of(self, number: str) -> tuple[Department, ...]:
        """The departments that an extension belongs to, in the file's order."""
        return self._memberships.get(number, ())

    @cached_property
    def departments_by_name(self) -> Mapping[str, Department]:
        """The departments by their keys and by their numbers; where the two are alike, by the key."""
        by_number = {one.number: one for one in reversed([*self.departments.values()]) if one.number}
        secretaries = {SECRETARY: self.secretaries} if self.secretaries is not None else {}
        return MappingProxyType({**secretaries, **by_number, **self.departments})

    @cached_property
    def secretaries(self) -> Department | None:
        """Those whose role it is, as a department that calls are sent to; None where nobody's is."""
        return secretaries_of(self.extensions)

    @cached_property
    def secretary_places(self) -> Mapping[str, str]:
        """`secretary 101`, as the file names the secretary of 101, and her number."""
        people = self.extensions.items()
        return {f"{SECRETARY} {number}": one.secretary for number, one in people if one.secretary is not None}

    @cached_property
    def _memberships(self) -> dict[str, tuple[Department, ...]]:
        found: dict[str, list[Department]] = {}
        for department in self.departments.values():
            for number in department.extensions:
                found.setdefault(number, []).append(department)
        return {number: tuple(departments) for number, departments in found.items()}


def attach_source(dialplan: Dialplan, file: Path, source: Source, warnings: tuple[Problem, ...]) -> Dialplan:
    """The dialplan with its memory of the file. For the loader only, before anybody sees the dialplan."""
    dialplan._file = file
    dialplan._source = source
    dialplan._line_of = LineOf(source)
    dialplan._warnings = warnings
    return dialplan
