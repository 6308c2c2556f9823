"""What a running switch answers, checked: it may be of another version than the command."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from softswitch.cli.failure import UNREACHABLE, Failure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Records:
    """How call records fare. `behind_bytes`: of the journal, not read yet; `waiting`: calls not written."""

    database: str
    problem: str
    recorded: int
    waiting: int
    behind_bytes: int
    journal_waits: bool
    events_lost: int


@dataclass(frozen=True, slots=True)
class Status:
    """The switch as a whole. Times in seconds, `started_at` since 1970."""

    version: str
    pid: int
    started_at: float
    uptime: float
    domain: str
    dialplan: str
    listeners: list[str]
    calls: int
    max_calls: int
    legs: int
    extensions: int
    extensions_registered: int
    bindings: int
    watched: int
    """Subscriptions to lamps and waiting messages."""
    turned_away: int
    """Phones that were not let in during the last hour, and have not come in since."""
    draining: bool
    overloaded: bool
    refused_calls: int
    """New calls turned away with 503: full, overloaded or draining."""
    rss_bytes: int
    cpu_seconds: float
    records: Records


@dataclass(frozen=True, slots=True)
class Leg:
    """One SIP dialog of a call, with the figures of its sound."""

    number: str
    direction: str
    state: str
    transport: str
    codec: str | None
    secured: bool
    received: int
    lost: int
    jitter_ms: float | None
    round_trip_ms: float | None
    call_id: str


@dataclass(frozen=True, slots=True)
class Call:
    """A live or an ended call. Times are seconds since 1970."""

    id: str
    caller: str
    caller_name: str
    called: str
    called_name: str
    state: str
    started_at: float
    answered_at: float | None
    ended_at: float | None
    outcome: str | None
    blame: str | None
    words: str | None
    legs: list[Leg]

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended_at is not None


@dataclass(frozen=True, slots=True)
class Calls:
    """Live calls, then ended ones if asked for."""

    calls: list[Call]


@dataclass(frozen=True, slots=True)
class Fax:
    """A fax. `state` is received, waiting, sent or failed; `path` is its PDF, or its TIFF if it has none."""

    id: str
    place: str
    state: str
    at: float
    number: str
    name: str
    station: str
    pages: int
    speed: int
    corrected: bool
    outcome: str
    call: str
    by: str
    tries: int
    due: float | None
    path: str


@dataclass(frozen=True, slots=True)
class Faxes:
    """All faxes, the oldest first."""

    faxes: list[Fax]


@dataclass(frozen=True, slots=True)
class Registration:
    """Where one phone of an extension is."""

    number: str
    name: str
    contact: str
    address: str
    transport: str
    user_agent: str
    expires_in: float
    rtt_ms: float | None
    connected: bool
    behind_nat: bool


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Somebody who was not let in. `ago`: seconds since he tried last."""

    username: str
    address: str
    user_agent: str
    why: str
    remedy: str
    times: int
    ago: float


@dataclass(frozen=True, slots=True)
class Registrations:
    """All phones, by number, and who would be one."""

    registrations: list[Registration]
    turned_away: list[TurnedAway] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line to the telephone network. `state` is static, resolving, registering, registered or failed."""

    name: str
    server: str
    addresses: list[str]
    state: str
    user: str | None
    registered_until: float | None
    answers: bool | None
    silent: list[str]
    rtt_ms: float | None
    calls: int
    max_calls: int
    last_error: str | None
    last_error_at: float | None


@dataclass(frozen=True, slots=True)
class Trunks:
    """All trunks, in the file's order."""

    trunks: list[Trunk]


@dataclass(frozen=True, slots=True)
class Member:
    """One party of a conference."""

    call: str
    place: int
    number: str
    name: str
    moderator: bool
    muted: bool
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A conference with somebody in it."""

    number: str
    name: str
    locked: bool
    recorded: bool
    started_at: float
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Rooms:
    """All conferences with somebody in them."""

    rooms: list[Room]


@dataclass(frozen=True, slots=True)
class HeldMode:
    """Which mode an outside number is in; "" is all of them. `until` is None when no change is known."""

    number: str
    mode: str
    why: str
    line: int | None
    by_hand: bool
    until: float | None


@dataclass(frozen=True, slots=True)
class Modes:
    """The house's mode, then the numbers that have another. `at` in seconds since 1970."""

    at: float
    timezone: str
    modes: list[HeldMode]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in a queue. Times in seconds."""

    call: str
    number: str
    name: str
    priority: int
    waited: float
    expected_wait: float | None
    callback: bool
    rung: bool


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of a queue, and what keeps him from the next call; `since` when, for a pause."""

    number: str
    name: str
    state: str
    reason: str
    since: float | None
    calls: int
    last_call: float | None


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Of today. `service_level` is a share, 0 to 1, of those answered within `target` seconds."""

    entered: int
    answered: int
    abandoned: int
    left: int
    in_time: int
    service_level: float | None
    target: float
    average_wait: float | None
    longest_wait: float


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue."""

    key: str
    number: str | None
    name: str
    waiting: list[Waiting]
    agents: list[Agent]
    today: QueueFigures


@dataclass(frozen=True, slots=True)
class Queues:
    """All queues of the dialplan."""

    queues: list[Queue]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a call."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A SIP message as it was on the wire; `number` is the extension whose leg it belongs to."""

    at: float
    sent: bool
    peer: str
    transport: str
    title: str
    text: str
    number: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is known of one call."""

    call: Call
    events: list[Event]
    messages: list[Message]


def read(kind: type[T], answer: dict[str, Any]) -> T:
    """The answer as that kind; what it says besides is left out."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(answer)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise Failure(
            f"the switch's answer is not understood at {place!r}: it seems to be of another version",
            "restart the switch with the version that is installed now, or use --json",
            exit_code=UNREACHABLE,
        ) from None
