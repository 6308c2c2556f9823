"""A leg: one INVITE dialog between the switch and one device."""

import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from softswitch.sip import tap
from softswitch.sip.errors import LegEnded
from softswitch.sip.headers import printable
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged, Ringing
from softswitch.sip.leg_state import Direction, LegState, follow
from softswitch.sip.sound import ACTIVE, LOCAL_HOLD, REMOTE_HOLD, Figures, Sound
from softswitch.sip.tap import ffi, lib

if TYPE_CHECKING:
    from softswitch.sip.engine import Engine

Headers = Iterable[tuple[str, str]]

_STATES: Final = {
    lib.TAP_STATE_CALLING: LegState.CALLING,
    lib.TAP_STATE_INCOMING: LegState.INCOMING,
    lib.TAP_STATE_EARLY: LegState.EARLY,
    lib.TAP_STATE_CONNECTING: LegState.ANSWERED,
    lib.TAP_STATE_CONFIRMED: LegState.CONFIRMED,
    lib.TAP_STATE_DISCONNECTED: LegState.ENDED,
}
_tokens = itertools.count(1)


def header_lines(headers: Headers) -> bytes:
    """Headers for the tap, one a line. What could end a line is taken out of the values."""
    return "\n".join(f"{name}: {printable(value)}" for name, value in headers).encode()


class Leg:
    """One INVITE dialog. Operations raise LegEnded once it is over; events go to `owner`, in order.

    Events are delivered from the loop, never from inside an operation.
    """

    __slots__ = (
        "_engine",
        "_final",
        "_told",
        "call_id",
        "direction",
        "id",
        "number",
        "owner",
        "secured_offer",
        "sound",
        "state",
        "token",
        "transport",
    )

    def __init__(
        self, engine: "Engine", direction: Direction, call_id: str, number: str, transport: str
    ) -> None:
        self._engine = engine
        self._final: Figures | None = None
        self._told: frozenset[tuple[str, str]] = frozenset()
        self.token: int = next(_tokens)
        self.id: int = -1
        self.direction = direction
        self.call_id = call_id
        """The SIP Call-ID of the dialog."""
        self.number = number
        """The extension at the far end."""
        self.transport = transport
        self.state = LegState.NEW
        self.sound: Sound | None = None
        """Its place in the bridge; None while no media flows."""
        self.owner: Callable[[Leg, LegEvent], None] | None = None

    # ---- operations ----

    def ring(self, headers: Headers = ()) -> None:
        """180 Ringing."""
        self._answer(180, "", headers)

    def progress(self, headers: Headers = ()) -> None:
        """183 with our SDP: from now on it hears what the bridge sends it."""
        self._answer(183, "", headers)

    def answer(self, headers: Headers = ()) -> None:
        """200 OK."""
        self._answer(200, "", headers)

    def refuse(self, code: int, reason: str = "", headers: Headers = ()) -> None:
        """A final response of 300 or more to its INVITE."""
        self._end(code, reason, headers)

    def hangup(self, headers: Headers = ()) -> None:
        """End it by whatever its state needs: CANCEL, a refusal or BYE. Nothing happens when it is over."""
        if self.state is not LegState.ENDED:
            code = 480 if self.direction is Direction.INBOUND and self.state is not LegState.CONFIRMED else 0
            self._end(code, "", headers)

    def send_digit(self, digit: str) -> None:
        """By RFC 4733 where the far end can, else by SIP INFO."""
        self._alive()
        if lib.tap_leg_dtmf(self.id, digit.encode(), 0) != 0:
            tap.check("send digit", lib.tap_leg_dtmf(self.id, digit.encode(), 1))

    def received(self) -> int:
        """RTP packets received so far."""
        return 0 if self.state is LegState.ENDED else int(lib.tap_leg_received(self.id))

    def figures(self) -> Figures:
        """What its RTP is or was like."""
        if self._final is not None:
            return self._final
        raw = ffi.new("tap_figures *")
        lib.tap_leg_figures(self.id, raw)
        return Figures(
            codec=tap.text(raw.codec),
            clock_rate=raw.clock_rate,
            secured=bool(raw.secured),
            remote=tap.text(raw.remote),
            received=raw.received,
            lost=raw.lost,
            discarded=raw.discarded,
            duplicated=raw.duplicated,
            reordered=raw.reordered,
            sent=raw.sent,
            remote_lost=raw.remote_lost,
            jitter_ms=raw.jitter_us / 1000,
            remote_jitter_ms=raw.remote_jitter_us / 1000,
            round_trip_ms=raw.round_trip_us / 1000,
        )

    # ---- what the engine tells ----

    def advance(self, raw_state: int, code: int, reason: str, remote: bool, headers: str) -> LegEvent | None:
        """Take the state that PJSIP reports; returns the event for the owner. Raises IllegalTransition."""
        state = _STATES[raw_state]
        before = self.state
        if state is before and state is not LegState.EARLY:
            return None
        self.state = follow(before, state)
        match state:
            case LegState.EARLY if self.direction is Direction.OUTBOUND:
                return Ringing(code, reason, self.sound is not None)
            case LegState.CONFIRMED:
                return Answered()
            case LegState.ENDED:
                self._final = self.figures()
                self.sound = None
                return Ended(code, reason, remote, headers)
        return None

    def hear(self, slot: int, status: int) -> LegEvent:
        """Take the media that PJSIP reports."""
        if slot < 0 or status not in (ACTIVE, LOCAL_HOLD, REMOTE_HOLD):
            self.sound = None
        else:
            self.sound = Sound(slot, status == REMOTE_HOLD)
        return MediaChanged()

    # ---- inside ----

    def _alive(self) -> None:
        if self.state is LegState.ENDED or self.id < 0:
            raise LegEnded(f"leg {self.call_id} is over")

    def _answer(self, code: int, reason: str, headers: Headers) -> None:
        self._alive()
        # PJSIP repeats the headers of one answer in those that follow.
        new = [header for header in headers if header not in self._told]
        self._told |= frozenset(new)
        tap.check(f"answer {code}", lib.tap_leg_answer(self.id, code, reason.encode(), header_lines(new)))

    def _end(self, code: int, reason: str, headers: Headers) -> None:
        self._alive()
        lines = header_lines(headers)
        if lines:
            # Also for the CANCEL that PJSIP sends later by itself, after the first provisional response.
            lib.tap_leg_headers_at_end(self.id, lines)
        tap.check("hang up", lib.tap_leg_hangup(self.id, code, reason.encode(), lines))

    def __repr__(self) -> str:
        return f"<Leg {self.direction.value} {self.number} {self.state.value} {self.call_id}>"
