"""One call between two extensions, from its INVITE to its end.

`run` reads like what happens: decide, ring, talk. It is one task; whatever fails in it ends this call and
nothing else.
"""

import asyncio
from typing import TYPE_CHECKING

import structlog

from softswitch.calls.ending import Ending
from softswitch.calls.identity import because
from softswitch.calls.inbox import Inbox
from softswitch.calls.ringing import Ringing
from softswitch.calls.talking import Talking
from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted, LegClosed, Routed
from softswitch.routing import CallFacts, Outcome, Refuse
from softswitch.sip.errors import LegEnded, SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended
from softswitch.sip.leg_state import LegState
from softswitch.sip.message import Request
from softswitch.sip.sound import Bridge
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange

_MOST_HOPS = 70
"""Max-Forwards of a request that names none (RFC 3261 §8.1.1.6)."""


class Call:
    """What the caller experiences. Its legs end with it."""

    def __init__(
        self, exchange: "Exchange", call_id: str, leg: Leg, request: Request, source: Source
    ) -> None:
        self.id = call_id
        self.exchange = exchange
        self.router = exchange.router
        self.request = request
        self.source = source
        self.inbox = Inbox()
        self.caller = leg
        self.callee: Leg | None = None
        self.called = request.target.user
        self.called_name = ""
        self.bridge: Bridge | None = None
        self.started_at = exchange.clock()
        self.answered_at: float | None = None
        self._ringing: Ringing | None = None
        self._talking: Talking | None = None
        self._ended = False
        self._log = structlog.get_logger("softswitch.calls").bind(call=self.id, call_id=leg.call_id)
        leg.owner = self.inbox.post
        extension = self.router.extension(leg.number)
        self.caller_name = extension.name if extension else leg.number

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Caller first, then who was or is called."""
        callee = (self.callee,) if self.callee else ()
        return (self.caller, *callee, *(self._ringing.fork.branches if self._ringing else ()))

    @property
    def numbers(self) -> frozenset[str]:
        """The extensions that are busy with it."""
        return frozenset(leg.number for leg in self.legs)

    @property
    def state(self) -> str:
        """ringing, talking, held or ended."""
        if self._ended:
            return "ended"
        if self._talking is None:
            return "ringing"
        return "held" if self._talking.held_by else "talking"

    @property
    def hops(self) -> int:
        """How many servers it may still pass."""
        hops = self.request.max_forwards
        return _MOST_HOPS if hops is None else hops

    def now(self) -> float:
        """Seconds since 1970."""
        return self.exchange.clock()

    def publish(self, event: CallEvent) -> None:
        """Tell the records."""
        self.exchange.publish(event)

    async def run(self) -> None:
        """The whole call. Never raises."""
        origin = f"{self.source.ip}:{self.source.port}"
        self.publish(
            CallStarted(
                self.started_at,
                self.id,
                self.caller.number,
                self.caller_name,
                self.called,
                origin,
                self.caller.call_id,
            )
        )
        ending = Ending.by_us(Outcome.FAILED)
        try:
            ending = await self._walk()
        except asyncio.CancelledError:
            ending = Ending.by_us(self.exchange.why_stopped)
        except LegEnded:
            ending = Ending(Outcome.CANCELLED, 487, self.caller.number)
        except Exception:
            self._log.exception("call failed")
        finally:
            self._finish(ending)

    def vanished(self, leg: Leg) -> None:
        """The watchdog has heard nothing of a leg for too long."""
        self.inbox.post(leg, Ended(408, "No RTP", by_remote=False))

    async def _walk(self) -> Ending:
        facts = CallFacts(self.caller.number, self.called, self.hops)
        decision = self.router.decide(facts, self.exchange.state_for(self))
        reasons = tuple((reason.text, reason.line) for reason in decision.reasons)
        if isinstance(decision, Refuse):
            self.publish(Routed(self.now(), self.id, f"refuse: {decision.outcome.value}", reasons))
            return Ending.by_us(decision.outcome)
        self.publish(Routed(self.now(), self.id, f"ring {decision.number}", reasons))
        self.called_name = decision.name
        self._ringing = Ringing(self, decision)
        answer = await self._ringing.run()
        if isinstance(answer, Ending):
            return answer
        self.callee = answer
        self.answered_at = self.now()
        self.publish(CallAnswered(self.answered_at, self.id, decision.number, decision.name))
        if self.bridge is not None:
            self.bridge.close()
        self._talking = Talking(self, answer)
        return await self._talking.run()

    # ---- the end ----

    def _finish(self, ending: Ending) -> None:
        self._ended = True
        self.exchange.forget(self)
        why = because(ending.status, ending.outcome.reason)
        if self.bridge is not None:
            self.bridge.close()
        if self._ringing is not None:
            self._ringing.fork.stop(why)
            self.callee = self.callee or self._ringing.fork.winner
        for leg in (self.caller, self.callee):
            if leg is not None:
                leg.owner = None  # no cycle stays behind: the call is freed at once, without the collector
                if leg.state is not LegState.ENDED:
                    self._end_leg(leg, ending.outcome, why)
        if self.answered_at is not None:
            for leg in (self.caller, self.callee):
                if leg is not None:
                    self._report(leg)
        outcome = ending.outcome
        self.publish(
            CallEnded(
                self.now(),
                self.id,
                outcome.value,
                outcome.blame.value,
                outcome.words,
                ending.status,
                ending.ended_by,
            )
        )
        self._ringing = self._talking = self.bridge = None

    def _end_leg(self, leg: Leg, outcome: Outcome, why: tuple[str, str]) -> None:
        try:
            if leg is self.caller and leg.state in (LegState.INCOMING, LegState.EARLY):
                retry = (("Retry-After", "5"),) if outcome.status == 503 else ()
                leg.refuse(outcome.status, outcome.reason, retry)
            else:
                # A BYE after a call that went well has nothing to explain.
                leg.hangup(() if outcome is Outcome.COMPLETED else (why,))
        except SipError as error:
            self._log.debug("leg was over already", error=str(error))

    def _report(self, leg: Leg) -> None:
        figures = leg.figures()
        self.publish(
            LegClosed(
                self.now(),
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
