"""One call between two extensions, from its INVITE to its end.

`run` reads like what happens: decide, ring, talk. It is one task; whatever fails in it ends this call and
nothing else.
"""

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, address, asserted, because
from softswitch.calls.inbox import Inbox
from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallHeld,
    CallResumed,
    CallStarted,
    DeviceCalled,
    DeviceEnded,
    DeviceRinging,
    DigitPressed,
    LegClosed,
    Routed,
)
from softswitch.routing import CallFacts, Outcome, Refuse, Ring
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.engine import Destination
from softswitch.sip.errors import LegEnded, SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, MediaChanged, Ringing
from softswitch.sip.leg_state import LegState
from softswitch.sip.message import Request
from softswitch.sip.sdp import first_codec
from softswitch.sip.sound import Bridge
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange

_SRTP_TOWARDS: Final = {"off": "off", "accept": "off", "offer": "optional", "require": "required"}


class Call:
    """What the caller experiences. Its legs end with it."""

    def __init__(
        self, exchange: "Exchange", call_id: str, leg: Leg, request: Request, source: Source
    ) -> None:
        self.id = call_id
        self.caller = leg
        self.callee: Leg | None = None
        self.called = request.target.user
        self.started_at = exchange.clock()
        self.answered_at: float | None = None
        self._exchange = exchange
        self._router = exchange.router
        self._request = request
        self._source = source
        self._inbox = Inbox()
        self._fork = Fork()
        self._bridge: Bridge | None = None
        self._held_by: set[str] = set()
        self._ended = False
        self._log = structlog.get_logger("softswitch.calls").bind(call=self.id, call_id=leg.call_id)
        leg.owner = self._inbox.post
        extension = self._router.extension(leg.number)
        self.caller_name = extension.name if extension else leg.number
        self.called_name = ""

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Caller first, then who was or is called."""
        return (self.caller, *((self.callee,) if self.callee else ()), *self._fork.branches)

    @property
    def state(self) -> str:
        """ringing, talking, held or ended."""
        if self._ended:
            return "ended"
        if self.answered_at is None:
            return "ringing"
        return "held" if self._held_by else "talking"

    @property
    def numbers(self) -> tuple[str, ...]:
        """The extensions that are busy with it."""
        return tuple({leg.number for leg in self.legs})

    async def run(self) -> None:
        """The whole call. Never raises."""
        self._publish(
            CallStarted(
                self.started_at,
                self.id,
                self.caller.number,
                self.caller_name,
                self.called,
                f"{self._source.ip}:{self._source.port}",
                self.caller.call_id,
            )
        )
        outcome, status, ended_by = Outcome.FAILED, 500, ""
        try:
            outcome, status, ended_by = await self._walk()
        except asyncio.CancelledError:
            outcome, status = self._exchange.why_stopped, self._exchange.why_stopped.status
        except LegEnded:
            outcome, status, ended_by = Outcome.CANCELLED, 487, self.caller.number
        except Exception:
            self._log.exception("call failed")
        finally:
            self._finish(outcome, status, ended_by)

    # ---- the way of a call ----

    async def _walk(self) -> tuple[Outcome, int, str]:
        hops = self._request.max_forwards
        facts = CallFacts(self.caller.number, self.called, 70 if hops is None else hops)
        decision = self._router.decide(facts, self._exchange.state_for(self))
        reasons = tuple((reason.text, reason.line) for reason in decision.reasons)
        if isinstance(decision, Refuse):
            self._publish(Routed(self._now(), self.id, f"refuse: {decision.outcome.value}", reasons))
            return decision.outcome, decision.outcome.status, ""
        self._publish(Routed(self._now(), self.id, f"ring {decision.number}", reasons))
        self.called_name = decision.name
        refused = await self._ring(decision)
        return refused if refused is not None else await self._talk()

    async def _ring(self, decision: Ring) -> tuple[Outcome, int, str] | None:
        """Ring all devices. None when one has answered, else how the call ends."""
        fork = self._fork
        destinations = self._exchange.devices(decision.number, besides=self._source)
        fork.start(destinations, lambda destination: self._dial(decision, destination))
        if not fork.branches:
            return self._unanswered()
        deadline = asyncio.get_running_loop().time() + decision.seconds
        identity = (asserted(self._exchange.domain, decision.number, decision.name),)
        rang = False
        while fork.open:
            notice = await self._inbox.next(deadline)
            if notice is None:
                fork.stop(because(480, "No answer"))
                return Outcome.NO_ANSWER, 480, ""
            leg, event = notice
            if leg is self.caller:
                if isinstance(event, Ended):
                    return Outcome.CANCELLED, 487, self.caller.number
                continue
            news = fork.take(leg, event)
            match event:
                case Ringing(code=code) if news:
                    self._publish(DeviceRinging(self._now(), self.id, leg.number, code))
                    if event.early_media and fork.ringing_alone:
                        self._early_media(leg, identity)
                    elif not rang:
                        self.caller.ring(identity)
                    rang = True
                case MediaChanged() if leg.state is LegState.EARLY and fork.ringing_alone:
                    self._early_media(leg, identity)
                case Ended():
                    self._publish(DeviceEnded(self._now(), self.id, leg.number, event.code, event.reason))
                    if fork.stopped_by is not None:
                        fork.stop(because(fork.stopped_by, "Declined"))
        if fork.winner is None:
            return self._unanswered()
        self.callee = fork.winner
        fork.stop(ELSEWHERE)
        self.answered_at = self._now()
        self._publish(CallAnswered(self.answered_at, self.id, decision.number, decision.name))
        self.caller.answer(identity)
        return None

    def _unanswered(self) -> tuple[Outcome, int, str]:
        fork = self._fork
        if fork.stopped_by is not None:
            outcome = outcome_of_status(fork.stopped_by)
        elif fork.out_of_resources and not fork.statuses:
            outcome = Outcome.OVERLOADED
        else:
            outcome = most_telling(fork.statuses)
        return outcome, outcome.status, ""

    async def _talk(self) -> tuple[Outcome, int, str]:
        """Both sides are there. Returns when one hangs up or falls silent."""
        callee = self.callee
        if callee is None:
            raise LegEnded("nobody answered")
        if self._bridge is not None:
            self._bridge.close()
        self._bridge = Bridge(self.caller, callee, self._exchange.music)
        while True:
            notice = await self._inbox.next()
            if notice is None:
                continue
            leg, event = notice
            if leg not in (self.caller, callee):
                continue
            match event:
                case MediaChanged():
                    self._bridge.refresh()
                    self._note_hold(leg)
                case Digit():
                    self._relay(leg, event)
                case Ended() if event.by_remote:
                    return Outcome.COMPLETED, 200, leg.number
                case Ended():
                    # PJSIP gave it up: no ACK, or no answer to a session refresh (RFC 4028 §10).
                    vanished = Outcome.CALLER_VANISHED if leg is self.caller else Outcome.CALLEE_VANISHED
                    return vanished, event.code, ""
                case Answered() | Ringing():
                    pass

    # ---- steps ----

    def _dial(self, decision: Ring, destination: Destination) -> Leg:
        exchange = self._exchange
        called = self._router.extension(decision.number)
        hops = self._request.max_forwards
        leg = exchange.engine.call(
            destination,
            number=decision.number,
            to=address(exchange.domain, decision.number, decision.name),
            from_=address(exchange.domain, self.caller.number, self.caller_name),
            call_id=secrets.token_hex(12),
            srtp=_SRTP_TOWARDS[called.srtp if called else "off"],
            headers=(
                asserted(exchange.domain, self.caller.number, self.caller_name),
                ("Max-Forwards", str((70 if hops is None else hops) - 1)),
            ),
            first_codec=first_codec(self._request.body, exchange.codecs),
        )
        leg.owner = self._inbox.post
        device = f"{destination.ip}:{destination.port}"
        self._publish(DeviceCalled(self._now(), self.id, decision.number, device, leg.call_id))
        return leg

    def _early_media(self, leg: Leg, identity: tuple[tuple[str, str], ...]) -> None:
        """What the called side plays before it answers is the caller's to hear."""
        if leg.sound is None:
            return
        if self._bridge is None:
            self.caller.progress(identity)
            self._bridge = Bridge(self.caller, leg, None, one_way=True)
        else:
            self._bridge.refresh()

    def _note_hold(self, leg: Leg) -> None:
        held = leg.sound is not None and leg.sound.held
        if held and leg.number not in self._held_by:
            self._held_by.add(leg.number)
            self._publish(CallHeld(self._now(), self.id, leg.number))
        elif not held and leg.number in self._held_by:
            self._held_by.discard(leg.number)
            self._publish(CallResumed(self._now(), self.id, leg.number))

    def _relay(self, leg: Leg, digit: Digit) -> None:
        other = self.callee if leg is self.caller else self.caller
        self._publish(DigitPressed(self._now(), self.id, leg.number))
        if other is not None:
            try:
                other.send_digit(digit.digit)
            except SipError as error:
                self._log.warning("digit not passed on", error=str(error))

    # ---- the end ----

    def vanished(self, leg: Leg) -> None:
        """The watchdog has heard nothing of a leg for too long."""
        self._inbox.post(leg, Ended(408, "No RTP", by_remote=False))

    def _finish(self, outcome: Outcome, status: int, ended_by: str) -> None:
        self._ended = True
        if self._bridge is not None:
            self._bridge.close()
        why = because(status, outcome.reason)
        self._fork.stop(why)
        for leg in (self.caller, self.callee):
            if leg is None or leg.state is LegState.ENDED:
                continue
            leg.owner = None
            try:
                if leg is self.caller and leg.state in (LegState.INCOMING, LegState.EARLY):
                    leg.refuse(outcome.status, outcome.reason, _retry(outcome))
                else:
                    leg.hangup((why,))
            except SipError as error:
                self._log.debug("leg was over already", error=str(error))
        for leg in (self.caller, self.callee):
            if leg is not None and self.answered_at is not None:
                self._close_leg(leg)
        self._publish(
            CallEnded(
                self._now(), self.id, outcome.value, outcome.blame.value, outcome.words, status, ended_by
            )
        )

    def _close_leg(self, leg: Leg) -> None:
        figures = leg.figures()
        self._publish(
            LegClosed(
                self._now(),
                self.id,
                leg.number,
                leg.direction.value,
                leg.transport,
                leg.call_id,
                figures.codec,
                figures.secured,
                figures.received,
                figures.sent,
                figures.lost,
                figures.jitter_ms,
                figures.round_trip_ms,
            )
        )

    def _now(self) -> float:
        return self._exchange.clock()

    def _publish(self, event: CallEvent) -> None:
        self._exchange.publish(event)


def _retry(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", "5"),) if outcome.status == 503 else ()
