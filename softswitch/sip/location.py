"""The location service: which contacts an address of record is bound to (RFC 3261 §10).

Times are wall clock, seconds since 1970, because bindings outlive the process.
"""

import heapq
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import structlog

from softswitch.sip.source import Source
from softswitch.sip.uri import Uri

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of an address of record.

    Calls go to `source`, the address and connection that the registration came from, and carry `contact` as
    their Request-URI: that is what reaches a phone behind NAT, and it spares a look at the contact's host,
    which may be private, a name or nonsense.
    """

    aor: str
    """The extension's number."""
    contact: str
    """The contact URI as the phone sent it."""
    source: Source
    call_id: str
    cseq: int
    expires_at: float
    registered_at: float
    """When this device first registered, unbroken since."""
    refreshed_at: float
    """When the last REGISTER for it came."""
    q: float = 1.0
    instance: str = ""
    """+sip.instance of RFC 5626: the device itself, whatever its address; empty when it gave none."""
    reg_id: int | None = None
    user_agent: str = ""
    connected: bool = True
    """False when the TCP or TLS connection of the registration is gone, see `Location.connection_lost`."""
    rtt: float | None = None
    """Round trip of the last answered qualify, seconds; None before the first."""
    answers: bool | None = None
    """Whether the last qualify was answered; None before the first."""

    @property
    def uri(self) -> Uri:
        """The contact, taken apart."""
        return Uri.parse(self.contact)

    @property
    def behind_nat(self) -> bool:
        """True when the phone's idea of its address is not where its packets come from."""
        return self.uri.host.strip("[]") != self.source.ip.lower()


Bindings = tuple[Binding, ...]
OnChange = Callable[[str, Bindings, Bindings], None]
"""Called with the AOR, its bindings before and its bindings after."""


class _Entry:
    """What is known of one AOR. `due` is the time under which it stands in the heap."""

    __slots__ = ("bindings", "due", "earliest")

    def __init__(self) -> None:
        self.bindings: Bindings = ()
        self.earliest = 0.0
        self.due = float("inf")


def _nothing(aor: str, before: Bindings, after: Bindings) -> None:
    """Nobody asked to be told."""


class Location:
    """Every binding of the switch, in memory. To be used on the loop's thread only.

    `on_change` hears of every change but of measurements, after it was made.
    """

    def __init__(self, on_change: OnChange = _nothing, clock: Callable[[], float] = time.time) -> None:
        self.on_change = on_change
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, str]] = []
        self._connections: dict[str, set[str]] = {}
        self._count = 0

    def __len__(self) -> int:
        """Bindings held, those included that expired since the last `expire`."""
        return self._count

    def aors(self) -> tuple[str, ...]:
        """Every AOR that is bound to something."""
        return tuple(self._entries)

    def bindings(self, aor: str) -> Bindings:
        """The AOR's current bindings, the preferred first (q, then the most recently refreshed)."""
        entry = self._entries.get(aor)
        if entry is None:
            return ()
        now = self._clock()
        if now < entry.earliest:
            return entry.bindings
        return tuple(binding for binding in entry.bindings if binding.expires_at > now)

    def everything(self) -> Mapping[str, Bindings]:
        """A snapshot of all current bindings by AOR."""
        return {aor: bindings for aor in self._entries if (bindings := self.bindings(aor))}

    def replace(self, aor: str, bindings: Iterable[Binding]) -> None:
        """Binds the AOR to exactly these, all or nothing."""
        after = tuple(bindings)
        if len(after) > 1:
            after = tuple(sorted(after, key=_preference))
        entry = self._entries.get(aor)
        before = entry.bindings if entry is not None else ()
        if before != after:
            self._set(aor, after)
            self.on_change(aor, before, after)

    def remove(self, aor: str) -> None:
        """Unbinds the AOR: its extension is gone, or an operator said so."""
        self.replace(aor, ())

    def restore(self, bindings: Mapping[str, Bindings]) -> None:
        """Takes over what was stored before a restart, without an event.

        Connections did not survive: bindings over TCP and TLS come back as not connected.
        """
        for aor, stored in bindings.items():
            self._set(aor, tuple(sorted(map(_disconnected, stored), key=_preference)))

    def expire(self) -> int:
        """Drops what has expired; returns how many. To be called about once a second: it looks at no more
        than what is due.
        """
        now = self._clock()
        dropped = 0
        while self._heap and self._heap[0][0] <= now:
            due, aor = heapq.heappop(self._heap)
            entry = self._entries.get(aor)
            if entry is None or entry.due != due:
                continue  # rescheduled since
            entry.due = float("inf")
            before = entry.bindings
            after = tuple(binding for binding in before if binding.expires_at > now)
            self._set(aor, after)
            if len(after) < len(before):
                dropped += len(before) - len(after)
                self._report_expired(aor, before, now)
                self.on_change(aor, before, after)
        return dropped

    def next_expiry(self) -> float | None:
        """When `expire` will next have something to look at; None when nothing is bound."""
        return self._heap[0][0] if self._heap else None

    def carries(self, connection: str) -> bool:
        """Whether a binding was made over this TCP or TLS connection."""
        return connection in self._connections

    def connection_lost(self, connection: str) -> int:
        """Notes that a TCP or TLS connection closed; returns how many bindings it carried.

        The bindings stay until they expire, marked as not connected. A phone that lost its connection
        registers again within seconds and takes its binding over; until then a call to a phone behind NAT
        cannot get through, but one that listens at its contact can still be reached by connecting to it.
        Dropping the binding would turn a short break into a call that never rings.
        """
        lost = 0
        for aor in self._connections.pop(connection, ()):
            before = self._entries[aor].bindings
            after = tuple(
                _disconnected(binding) if binding.source.connection == connection else binding
                for binding in before
            )
            lost += sum(old is not new for old, new in zip(before, after, strict=True))
            self._set(aor, after)
            self.on_change(aor, before, after)
        return lost

    def measured(self, aor: str, contact: str, rtt: float | None) -> None:
        """Notes a qualify's round trip in seconds, None when the phone did not answer. No event."""
        entry = self._entries.get(aor)
        if entry is not None:
            entry.bindings = tuple(
                replace(binding, answers=rtt is not None, rtt=binding.rtt if rtt is None else rtt)
                if binding.contact == contact
                else binding
                for binding in entry.bindings
            )

    def _set(self, aor: str, bindings: Bindings) -> None:
        entry = self._entries.get(aor)
        if entry is None:
            if not bindings:
                return
            entry = self._entries[aor] = _Entry()
        self._count += len(bindings) - len(entry.bindings)
        self._index_connections(aor, entry.bindings, bindings)
        if not bindings:
            del self._entries[aor]
            return
        entry.bindings = bindings
        entry.earliest = min([binding.expires_at for binding in bindings])
        # A later time needs no new place in the heap: when the old one is due, it is put back.
        if entry.earliest < entry.due:
            entry.due = entry.earliest
            heapq.heappush(self._heap, (entry.due, aor))

    def _index_connections(self, aor: str, before: Bindings, after: Bindings) -> None:
        for binding in before:
            if (connection := binding.source.connection) and (aors := self._connections.get(connection)):
                aors.discard(aor)
                if not aors:
                    del self._connections[connection]
        for binding in after:
            if binding.source.connection:
                self._connections.setdefault(binding.source.connection, set()).add(aor)

    def _report_expired(self, aor: str, before: Bindings, now: float) -> None:
        for binding in before:
            if binding.expires_at <= now:
                _log.info("registration expired", aor=aor, contact=binding.contact, device=binding.user_agent)


def _preference(binding: Binding) -> tuple[float, float]:
    return -binding.q, -binding.refreshed_at


def _disconnected(binding: Binding) -> Binding:
    if binding.source.transport == "udp":
        return binding
    return replace(binding, connected=False, source=replace(binding.source, connection=""))
