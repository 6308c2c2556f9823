"""A department: colleagues who answer one number together."""

from typing import Annotated, Any, Literal

from pydantic import Field

from softswitch.config.by_mode import KeyByMode, PlaceByMode
from softswitch.config.calling import Calling
from softswitch.config.durations import Duration
from softswitch.config.limits import SpendingLimit
from softswitch.config.lines import Lines
from softswitch.config.member import Member, MemberForm
from softswitch.config.once import Once
from softswitch.config.recording import RecordWhen
from softswitch.config.ring_strategy import WORDS, Strategy
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Key, Name
from softswitch.config.voicemail import Mailbox

Display = Literal["department and caller", "caller"]
Hears = Literal["ringback", "music"]


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


class Department(Section):
    """Colleagues who answer one number together."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="Its own number. Without one it is reached from outside and by forwarding only.",
        examples=["200"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on phones when it calls or is called. Default: its key.",
        examples=["Sales"],
    )
    members: Annotated[tuple[Annotated[Member, MemberForm()], ...], Once()] = Field(
        default=(),
        min_length=1,
        description="Its people's extensions, in order; those whose `department` it is follow. weight: a "
        "share of the calls, for random and fewest calls. skill: 0 to 10, for by skill.",
        examples=[["101", {"extension": "102", "weight": 2}]],
    )
    ring: Strategy = Field(default="all", description=f"Who is rung when. {WORDS.capitalize()}.")
    step_time: Annotated[float, Duration(1, 600)] = Field(
        default=15.0, description="How long until the next one rings, where not all do at once."
    )
    ring_time: Annotated[float, Duration(1, 3600)] | None = Field(
        default=None,
        description="How long it rings in all; in turn it begins again when everybody has had his turn. "
        "Default: calls.ring_time, or as long as each of them needs his step.",
        examples=["30s"],
    )
    skill: Key | None = Field(
        default=None,
        description="Which of the extensions' skills counts for by skill. Default: the members' own.",
        examples=["english"],
    )
    ring_busy: bool = Field(
        default=False, description="Whether those in a call are rung as well, if they have call waiting."
    )
    display: Display = Field(
        default="department and caller",
        description="What its phones show: Sales: Anna Berg, or the caller only.",
    )
    caller_hears: Hears = Field(default="ringback", description="What the caller hears while they ring.")
    limit: SpendingLimit = Field(
        default=SpendingLimit(), description="What its people may spend on calls out, all together."
    )
    music: Key | None = Field(
        default=None, description="Music for who waits for it. Default: the house's.", examples=["jazz"]
    )
    then: PlaceByMode | None = Field(
        default=None,
        description="Where calls go that nobody has taken. Default: nowhere, the caller is told so.",
        examples=["voicemail sales", {"night": "closed", "otherwise": "102"}],
    )
    when_nobody: PlaceByMode | None = Field(
        default=None,
        description="Where calls go while nobody can be rung. Default: as `then`.",
        examples=["101"],
    )
    record: RecordWhen | None = Field(
        default=None, description="Whether its people's calls are recorded. Default: as `recording` says."
    )
    voicemail: Mailbox | None = Field(
        default=None, description="Its box for messages, opened by its members. Default: none."
    )
    rights: Calling = Field(
        default=Calling(), description="What its people may call, where their own rights do not say."
    )
    lines: Lines = Field(
        default=Lines(), description="Which trunks its people's calls out take, where they do not say."
    )
    class_of_service: KeyByMode | None = Field(
        default=None,
        description="The class of service of its people.",
        examples=["staff", {"night": "guests", "otherwise": "staff"}],
    )

    @property
    def extensions(self) -> tuple[str, ...]:
        """Its members' numbers, in order."""
        return tuple(member.extension for member in self.members)
