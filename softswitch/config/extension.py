"""An extension: a number in the house, and the person whose phones it rings."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SecretStr

from softswitch.config.by_mode import KeyByMode
from softswitch.config.door import Door
from softswitch.config.durations import Duration
from softswitch.config.forward import Forward
from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.limits import SpendingLimit
from softswitch.config.lines import Lines
from softswitch.config.listeners import TRANSPORTS, Transport
from softswitch.config.locale_types import Language, Timezone
from softswitch.config.member import BEST_SKILL
from softswitch.config.once import Once
from softswitch.config.passwords import Secret
from softswitch.config.recording import RecordWhen
from softswitch.config.rights import Reach, Rights
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Key, Name, Number, OutsideNumber, Place
from softswitch.config.voicemail import MailAddress, PersonalMailbox

Srtp = Literal["off", "accept", "offer", "require"]
Role = Literal["user", "secretary", "administrator"]
MobileRing = Literal["with", "after", "off"]
SRTP_POLICIES: tuple[Srtp, ...] = get_args(Srtp)


def _number_as_name(data: dict[str, Any]) -> Any:
    return data.get("number", "")


class Extension(Section):
    """A number in the house. Where language, timezone or ring time are not set, the dialplan's hold."""

    number: Number = Field(description="The extension's number; in the file it is the key.")
    name: Name = Field(
        default_factory=_number_as_name,
        description="Shown on the phones of others. Default: the number.",
        examples=["Anna Berg"],
    )
    role: Role = Field(
        default="user",
        description="What the person is in the company. A secretary sets the modes by code, and is "
        "reached as `secretary`; an administrator sets them, and may listen to anyone. What `rights` "
        "say goes first.",
    )
    department: Key | None = Field(
        default=None,
        description="The department that the person is in, after those whom its `members` name.",
        examples=["sales"],
    )
    secretary: InnerNumber | None = Field(
        default=None,
        description="Its secretary, reached as `secretary` and this number. Her calls, and those that she "
        "hands on, ring here whatever `forward` and do not disturb say.",
        examples=["105"],
    )
    email: MailAddress | None = Field(
        default=None,
        description="Messages of its voicemail are sent there, unless the box has another address.",
        examples=["anna@office.example"],
    )
    greeting_name: Name | None = Field(
        default=None,
        description="The name as callers hear it: when they spell it, and before they leave a message. "
        "Default: the name, and the number.",
        examples=["Doctor Berg"],
    )
    password: Annotated[SecretStr, Secret()] = Field(
        description="What its phones register with: a text, {env: NAME} or {file: PATH}.",
        examples=["k7mp-x3wq-9fht-r2vd"],
    )
    devices: int = Field(
        default=5, ge=1, le=100, description="How many phones may be registered at once.", examples=[3]
    )
    transports: Annotated[tuple[Transport, ...], Once()] = Field(
        default=TRANSPORTS, min_length=1, description="How its phones may register.", examples=[["tls"]]
    )
    srtp: Srtp = Field(
        default="accept",
        description="Encrypted sound: off refuses it, accept takes it when offered, "
        "offer proposes it in calls to the phone, require refuses calls without it.",
    )
    language: Language | None = Field(
        default=None, description="Prompts in this language. Default: the dialplan's.", examples=["de"]
    )
    timezone: Timezone | None = Field(
        default=None, description="Its own timezone. Default: the dialplan's.", examples=["Asia/Jakarta"]
    )
    do_not_disturb: bool = Field(default=False, description="Whether calls to it are refused as busy.")
    call_waiting: bool = Field(default=True, description="Whether a second call rings during a call.")
    ring_time: Annotated[float, Duration(1, 3600)] | None = Field(
        default=None, description="How long it rings, in seconds. Default: calls.ring_time.", examples=["20s"]
    )
    limit: SpendingLimit = Field(
        default=SpendingLimit(), description="What it may spend on calls out. Default: `limits`."
    )
    music: Key | None = Field(
        default=None,
        description="Music for those whom it lets wait. Default: its department's, else the house's.",
        examples=["jazz"],
    )
    forward: Forward = Field(
        default=Forward(), description="Where its calls go instead. What the user sets by code goes first."
    )
    mobile: Place | None = Field(
        default=None,
        description="A mobile that rings along, as one would dial it. Who answers it accepts by a key, so "
        "that the mobile's own voicemail never takes a call.",
        examples=["+491711234567"],
    )
    mobile_ring: MobileRing = Field(
        default="with", description="Whether the mobile rings with the desk, after it, or not."
    )
    mobile_after: Annotated[float, Duration(1, 3600)] = Field(
        default=15.0, description="How much later `after` is.", examples=["15s"]
    )
    disa_pin: Annotated[SecretStr, Secret(digits=True)] | None = Field(
        default=None,
        description="By this pin its person may call from outside with its rights: see `disa`.",
        examples=["482913"],
    )
    reject_anonymous: bool = Field(
        default=False, description="Whether calls of those who hide their number are refused."
    )
    blocked: Annotated[tuple[OutsideNumber, ...], Once()] = Field(
        default=(), description="Numbers whose calls are refused.", examples=[["+4930999999"]]
    )
    skills: Annotated[Mapping[Key, Annotated[int, Field(ge=1, le=BEST_SKILL)]], FREEZE, THAW] = Field(
        default_factory=dict,
        validate_default=True,
        description="How good its person is at what departments and queues ask for, 1 to 10.",
        examples=[{"english": 8}],
    )
    record: RecordWhen | None = Field(
        default=None,
        description="Whether its calls are recorded. Default: as its department's, or as `recording` says.",
        examples=["always"],
    )
    voicemail: PersonalMailbox | None = Field(
        default=None, description="Its box for messages. Default: none."
    )
    door: Door | None = Field(
        default=None,
        description="For a door phone: how it is opened. Default: it is none.",
        examples=[{"code": "4711#"}],
    )
    rights: Rights = Field(default=Rights(), description="What it may do.")
    caller_id: OutsideNumber | None = Field(
        default=None,
        description="Its number outside, which called people see, on trunks that have it among their "
        "`numbers` or list none. Default: the trunk's.",
        examples=["+4930123451"],
    )
    lines: Lines = Field(default=Lines(), description="Which trunks its calls out take.")
    class_of_service: KeyByMode | None = Field(
        default=None, description="Its class of service. Default: its department's.", examples=["staff"]
    )

    @property
    def may_set_modes(self) -> bool:
        """By its rights; where they do not say, by its role."""
        return self.rights.modes or (self.role != "user" and "modes" not in self.rights.model_fields_set)

    @property
    def may_listen_to(self) -> Reach:
        """The same."""
        by_role = self.role == "administrator" and "listen" not in self.rights.model_fields_set
        return "anyone" if by_role else self.rights.listen
