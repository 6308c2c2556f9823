"""A leg: one INVITE dialog between the switch and one device."""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.sip import tap
from softswitch.sip.connected_line import BUSY, ConnectedLine
from softswitch.sip.dialog_id import DialogId
from softswitch.sip.errors import LegEnded, SipError
from softswitch.sip.headers import printable
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged, Ringing
from softswitch.sip.leg_state import Direction, LegState, follow
from softswitch.sip.sound import ACTIVE, LOCAL_HOLD, REMOTE_HOLD, Figures, Sound, read_figures
from softswitch.sip.subscription import SIPFRAG, Subscription, fragment
from softswitch.sip.tap import ffi, lib

if TYPE_CHECKING:
    from softswitch.sip.engine import Engine

log = structlog.get_logger("softswitch.sip.leg")

Headers = Sequence[tuple[str, str]]

_STATES: Final = {
    lib.TAP_STATE_EARLY: LegState.EARLY,
    lib.TAP_STATE_CONFIRMED: LegState.CONFIRMED,
    lib.TAP_STATE_DISCONNECTED: LegState.ENDED,
}
"""What the tap tells of: the other states follow from what we do ourselves."""
_UNANSWERED: Final = (LegState.INCOMING, LegState.EARLY)
_tokens = itertools.count(1)


def header_lines(headers: Headers) -> bytes:
    """Headers for the tap, one a line. What could end a line is taken out of the values."""
    return "\n".join([f"{name}: {printable(value)}" for name, value in headers]).encode() if headers else b""


class Leg:
    """One INVITE dialog. Operations raise LegEnded once it is over; events go to `owner`, in order.

    Events are delivered from the loop, never from inside an operation.
    """

    __slots__ = (
        "_dialog",
        "_display",
        "_engine",
        "_final",
        "_progress",
        "_referrals",
        "_subscription",
        "_told",
        "address",
        "call_id",
        "direction",
        "id",
        "name",
        "number",
        "owner",
        "secured_offer",
        "sound",
        "state",
        "token",
        "transport",
        "trunk",
    )

    def __init__(
        self, engine: "Engine", direction: Direction, call_id: str, number: str, transport: str
    ) -> None:
        self._engine = engine
        self._final: Figures | None = None
        self._told: set[tuple[str, str]] = set()
        self._dialog: DialogId | None = None
        self._display: ConnectedLine | None = None
        self._progress = 180
        self._referrals = 0
        self._subscription: Subscription | None = None
        self.token: int = next(_tokens)
        self.id: int = -1
        self.direction = direction
        self.call_id = call_id
        """The SIP Call-ID of the dialog."""
        self.number = number
        """The extension at the far end, or the number outside that a trunk brings or reaches."""
        self.address = ("", 0)
        """IP and port of the far end's packets."""
        self.name = ""
        """What phones show of the far end; call control sets it."""
        self.trunk = ""
        """The trunk at the far end; empty for an extension's phone."""
        self.transport = transport
        self.state = LegState.NEW
        self.sound: Sound | None = None
        """Its place in the bridge; None while no media flows."""
        self.owner: Callable[[Leg, LegEvent], None] | None = None

    @property
    def slot(self) -> int | None:
        """Its place in the bridge; None while no media flows."""
        return None if self.sound is None else self.sound.slot

    @property
    def held(self) -> bool:
        """Whether the far end has put us on hold: its user does not listen."""
        return self.sound is not None and self.sound.held

    @property
    def dialog(self) -> DialogId | None:
        """What names its dialog; None before the far end has given its tag."""
        if self.state is not LegState.ENDED and self.id >= 0:
            local, remote = ffi.new("char[256]"), ffi.new("char[256]")
            if lib.tap_leg_tags(self.id, local, 256, remote, 256) == 0:
                self._dialog = DialogId(self.call_id, tap.text(local), tap.text(remote))
        return self._dialog

    # ---- operations ----

    def ring(self, headers: Headers = ()) -> None:
        """180 Ringing."""
        self._progress = 180
        self._answer(180, "", headers)

    def forwarded(self) -> None:
        """181 Call Is Being Forwarded (RFC 3261 §21.1.3)."""
        self._answer(181, "", ())

    def progress(self, headers: Headers = ()) -> None:
        """183 with our SDP: from now on it hears what the bridge sends it."""
        self._progress = 183
        self._answer(183, "", headers)

    def answer(self, headers: Headers = ()) -> None:
        """200 OK."""
        self._answer(200, "", headers)

    def fax(self) -> None:
        """It carries a fax from now on: G.711, and sound that is never hurried. Say so before the answer.

        Raises SipError where the far end offers no G.711. An answered leg is offered it by re-INVITE.
        """
        self._alive()
        tap.check("make room for a fax", lib.tap_leg_fax(self.id))

    def refuse(self, code: int, reason: str = "", headers: Headers = ()) -> None:
        """A final response of 300 or more to its INVITE."""
        self._end(code, reason, headers)

    def hangup(self, headers: Headers = ()) -> None:
        """End it by whatever its state needs: CANCEL, a refusal or BYE. Nothing happens when it is over."""
        if self.state is not LegState.ENDED:
            code = 480 if self.direction is Direction.INBOUND and self.state is not LegState.CONFIRMED else 0
            self._end(code, "", headers)

    def show(self, name_addr: str, extra: Headers = ()) -> None:
        """Tell the far end who it talks to now: P-Asserted-Identity (RFC 3325), and headers beside it.

        In a call by UPDATE, or by re-INVITE where the phone takes none; to a caller that is not answered by
        the provisional response once more; anybody else when the call is up. Sound and hold stay as they are.
        """
        self._alive()
        headers = (("P-Asserted-Identity", name_addr), *extra)
        if self.direction is Direction.INBOUND and self.state in _UNANSWERED:
            self._answer(self._progress, "", headers)
            return
        if self._display is None:
            owns = self.direction is Direction.OUTBOUND
            self._display = ConnectedLine(self._show, self.call_id, owns_call_id=owns)
        self._display.show(header_lines(headers))

    def tell_progress(self, code: int, reason: str) -> None:
        """Tell the far end, which sent REFER, how the call that it asked for fares; 200 and above is last.

        Nothing is sent when it does not wait for news (any more), or is gone itself. Raises SipError.
        """
        subscription = self._subscription
        if subscription is None or self.state is LegState.ENDED:
            return
        if code >= 200:
            self._subscription = None
        body = fragment(code, reason)
        lines = header_lines(subscription.notify(code))
        status = lib.tap_leg_request(self.id, b"NOTIFY", lines, SIPFRAG.encode(), body, len(body))
        tap.check("send NOTIFY", status)

    def send_digit(self, digit: str) -> None:
        """By RFC 4733 where the far end can, else by SIP INFO."""
        self._alive()
        if lib.tap_leg_dtmf(self.id, digit.encode(), 0) != 0:
            tap.check("send digit", lib.tap_leg_dtmf(self.id, digit.encode(), 1))

    def send_digits(self, digits: str, *, by_info: bool) -> None:
        """Several, one after another; `by_info`: by SIP INFO also where the far end takes RFC 4733."""
        self._alive()
        if by_info or lib.tap_leg_dtmf(self.id, digits.encode(), 0) != 0:
            tap.check("send digits", lib.tap_leg_dtmf(self.id, digits.encode(), 1))

    def received(self) -> int:
        """RTP packets received so far."""
        return 0 if self.state is LegState.ENDED else int(lib.tap_leg_received(self.id))

    def figures(self) -> Figures:
        """What its RTP is or was like."""
        if self._final is not None:
            return self._final
        return read_figures(self.id)

    # ---- what the engine tells ----

    def advance(self, raw_state: int, code: int, reason: str, remote: bool, headers: str) -> LegEvent | None:
        """Take the state that PJSIP reports; returns the event for the owner. Raises IllegalTransition."""
        state = _STATES[raw_state]
        before = self.state
        if state is before and state is not LegState.EARLY:
            return None
        self.state = follow(before, state)
        match state:
            case LegState.EARLY:
                return Ringing(code, reason, self.sound is not None)
            case LegState.CONFIRMED:
                if self._display is not None:
                    self._display.ready()
                return Answered()
            case LegState.ENDED:
                self._final = self.figures()
                self.sound = None
                if self._display is not None:
                    self._display.close()
                return Ended(code, reason, remote, headers)
        return None

    def subscribe(self, cseq: int, *, wants_notify: bool) -> None:
        """Take a REFER of that CSeq. One that was not settled yet is: the far end has changed its mind."""
        try:
            self.tell_progress(487, "Request Terminated")
            self._referrals += 1
            if wants_notify:
                self._subscription = Subscription(cseq, first=self._referrals == 1)
                self.tell_progress(100, "Trying")  # RFC 3515 §2.4.4: at once
        except SipError as error:
            log.debug("progress not told", error=str(error), call_id=self.call_id)

    def shown(self, code: int) -> None:
        """Take the final status of what `show` sent."""
        if self._display is not None:
            self._display.answered(code)

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

    def _show(self, lines: bytes) -> int:
        if self.state is not LegState.CONFIRMED:
            return BUSY
        status = int(lib.tap_leg_show(self.id, lines))
        if status != BUSY:
            tap.check("show who is on the line", status)
        return status

    def _answer(self, code: int, reason: str, headers: Headers) -> None:
        self._alive()
        # PJSIP repeats the headers of one answer in those that follow.
        new = [header for header in headers if header not in self._told]
        self._told.update(new)
        status = lib.tap_leg_answer(self.id, code, reason.encode(), header_lines(new))
        if status != 0:
            raise tap.error(f"answer {code}", status)
        if self.state in _UNANSWERED:  # it may be over by now
            self.state = LegState.EARLY if code < 200 else LegState.ANSWERED

    def _end(self, code: int, reason: str, headers: Headers) -> None:
        self._alive()
        lines = header_lines(headers)
        if lines:
            # Also for the CANCEL that PJSIP sends later by itself, after the first provisional response.
            lib.tap_leg_headers_at_end(self.id, lines)
        tap.check("hang up", lib.tap_leg_hangup(self.id, code, reason.encode(), lines))

    def __repr__(self) -> str:
        return f"<Leg {self.direction.value} {self.number} {self.state.value} {self.call_id}>"
