"""A queue: callers wait in line for agents."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import PlaceByMode
from softswitch.config.department import Display
from softswitch.config.durations import OFF, Duration
from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.integers import as_written
from softswitch.config.keys import KeyOrOff
from softswitch.config.member import Member, MemberForm
from softswitch.config.once import Once
from softswitch.config.refusal import refusal
from softswitch.config.ring_strategy import Strategy
from softswitch.config.section import Section
from softswitch.config.speech import Speech, Words
from softswitch.config.texts import OUTSIDE_PATTERN, InnerNumber, Key, Name, parse_outside_number

MOST_PRIORITY = 10
Announce = Literal["place", "wait", "place and wait"]


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


def _count_or_off(value: object) -> int | None:
    if value is None or value == OFF:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100:
        raise refusal("this is no number of calls", "write 1 to 100, or off")
    return int(value)


def _party(value: object) -> str:
    """A number as a key of a mapping: of a caller, or of ours that was called."""
    return parse_outside_number(as_written(value))


CountOrOff = Annotated[
    int | None,
    PlainValidator(_count_or_off),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, {"const": OFF}],
            "x-words": "1 to 100, or off",
        }
    ),
]
Party = Annotated[str, PlainValidator(_party), WithJsonSchema({"type": "string", "pattern": OUTSIDE_PATTERN})]
Priority = Annotated[int, Field(ge=0, le=MOST_PRIORITY)]


class Queue(Section):
    """Callers wait in line, hear music and where they are, and are answered by agents in turn."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to reach it. Default: reached by its key only.",
        examples=["400"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on the phones of callers and agents. Default: its key.",
        examples=["Support"],
    )
    agents: Annotated[tuple[Annotated[Member, MemberForm(("weight", "skill", "penalty"))], ...], Once()] = (
        Field(
            min_length=1,
            description="Who answers. weight: a share of the calls, for random and fewest calls. skill: "
            "0 to 10, for by skill. penalty: rung only while nobody with a lower one is free.",
            examples=[["101", {"extension": "102", "penalty": 1}]],
        )
    )
    ring: Strategy = Field(
        default="least recent",
        description="Which of the free agents are rung for the next caller: see departments.",
    )
    offer_time: Annotated[float, Duration(1, 600)] = Field(
        default=15.0, description="How long an agent is rung before another one is."
    )
    skill: Key | None = Field(
        default=None,
        description="Which of the extensions' skills counts for by skill. Default: the agents' own.",
        examples=["english"],
    )
    log_in: bool = Field(
        default=False,
        description="Whether agents begin logged out, and log in by code. Otherwise they begin logged in.",
    )
    wrap_up: Annotated[float, Duration(0, 3600)] = Field(
        default=0.0, description="How long an agent is left in peace after a call.", examples=["10s"]
    )
    pause_after_missed: CountOrOff = Field(
        default=2, description="So many calls missed in a row pause the agent; off: they never do."
    )
    greeting: Annotated[Speech, Words()] | None = Field(
        default=None,
        description="Said when the caller comes, before anybody is rung.",
        examples=["Welcome to our support."],
    )
    music: Key | None = Field(
        default=None,
        description="Music for who waits; its news and offers are heard between. Default: the house's.",
        examples=["jazz"],
    )
    announce: Announce = Field(
        default="place and wait", description="What callers are told: their place, the expected wait."
    )
    announce_every: Annotated[float | None, Duration(10, 3600, off=True)] = Field(
        default=60.0, description="How often they are told; off: never."
    )
    callback_key: KeyOrOff = Field(
        default=None,
        description="Key by which a caller hangs up and keeps his place: he is called back.",
        examples=["1", "off"],
    )
    leave_key: KeyOrOff = Field(
        default=None, description="Key by which a caller leaves the line.", examples=["0", "off"]
    )
    leave_to: PlaceByMode | None = Field(
        default=None, description="Where who has pressed it goes.", examples=["voicemail sales", "101"]
    )
    priority: Priority = Field(
        default=0, description="Of its callers among those of all queues with the same agents, 0 to 10."
    )
    priority_for: Annotated[Mapping[Party, Priority], FREEZE, THAW] = Field(
        default_factory=dict,
        validate_default=True,
        description="Other priorities, by the number of the caller or the one of ours that he has called.",
        examples=[{"+491711234567": 9, "+4930123450": 5}],
    )
    max_length: int = Field(default=100, ge=1, le=1000, description="How many may wait.")
    max_wait: Annotated[float | None, Duration(10, 86400, off=True)] = Field(
        default=None, description="How long one waits at the most; off: until somebody answers."
    )
    max_expected_wait: Annotated[float | None, Duration(10, 86400, off=True)] = Field(
        default=None, description="Who would have to wait longer, as far as is known, does not come in."
    )
    then: PlaceByMode = Field(
        default=HANG_UP, description="Where a caller goes after max_wait.", examples=["voicemail sales"]
    )
    when_full: PlaceByMode | None = Field(
        default=None, description="Where those go who do not come in. Default: as `then`.", examples=["101"]
    )
    when_empty: PlaceByMode | None = Field(
        default=None,
        description="Where callers go while no agent is logged in with a phone. Default: they wait.",
        examples=["voicemail sales"],
    )
    service_level: Annotated[float, Duration(1, 3600)] = Field(
        default=20.0, description="Calls answered within this time count as answered in time."
    )
    display: Display = Field(
        default="department and caller",
        description="What agents' phones show: Support: Anna Berg, or the caller only.",
    )

    @property
    def extensions(self) -> tuple[str, ...]:
        """Its agents' numbers, in order."""
        return tuple(agent.extension for agent in self.agents)
