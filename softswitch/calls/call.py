"""One call, from its INVITE to its end: a walk from step to step.

It is one task; whatever fails in it ends this call and nothing else. What a call is doing is its step (see
step.py); what it is, is here: its parties, its sound, its identity.
"""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.calls.ending import Ending
from softswitch.calls.identity import address, because
from softswitch.calls.in_band import sends_no_events
from softswitch.calls.inbox import Inbox
from softswitch.calls.side import Side
from softswitch.calls.step import Step, Unanswered
from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted, LegClosed
from softswitch.routing import CallFacts, Outcome
from softswitch.sip.errors import LegEnded, SipError
from softswitch.sip.hearing import Hearing
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended
from softswitch.sip.leg_state import Direction, LegState
from softswitch.sip.message import Request
from softswitch.sip.sound import Music
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.announcement import Announcement
    from softswitch.calls.exchange import Exchange
    from softswitch.calls.recording import CallRecording
    from softswitch.calls.supervising import Supervising

_MOST_HOPS: Final = 70
"""Max-Forwards of a request that names none (RFC 3261 §8.1.1.6)."""


class Call:
    """What the caller experiences. Its legs end with it, but for those that went to another call."""

    def __init__(
        self,
        exchange: "Exchange",
        call_id: str,
        leg: Leg,
        request: Request | None,
        source: Source,
        called: str = "",
    ) -> None:
        """`request`: the INVITE; None for a call that the switch makes by itself, to `called`."""
        self.id = call_id
        self.exchange = exchange
        self.router = exchange.router
        self.music = exchange.music
        self._classes = exchange.classes
        self._theirs: Music | None = None
        self.request = request
        self.source = source
        self.inbox = Inbox()
        self.hearing = Hearing()
        self.caller = self._origin = leg
        """The party that the call is for: who called, or after a transfer whoever stayed."""
        self.callee: Leg | None = None
        """The other side, once there is one."""
        self.called = self._called(leg, request) if request else called
        self.called_name = ""
        self.language: str | None = None
        """In which the caller wants to be spoken to, if he has chosen."""
        self.trail: list[str] = []
        """The menus that the caller has come through, the one that he is in last."""
        self.places = 0
        """How many times a place of the dialplan has sent it on."""
        self.started_at = exchange.clock()
        self.answered_at: float | None = None
        self.step: Step | None = None
        self.watchers: list[Supervising] = []
        """Who listens to it."""
        self.recording: CallRecording | None = None
        """While it is recorded."""
        self.notices: dict[Leg, Announcement] = {}
        """What its parties are being told beside their conversation."""
        self._loop = asyncio.get_running_loop()
        self._legs: dict[Leg, None] = {leg: None}
        self._talked: set[Leg] = set()
        self._ended = False
        self._limit: asyncio.TimerHandle | None = None
        self.is_emergency = False
        self.why_ended: Outcome | None = None
        """Why the exchange ends it; None for the reason that it has for all."""
        leg.owner = self.inbox.post
        extension = None if leg.trunk else self.router.extension(leg.number)
        leg.name = extension.name if extension else leg.name or leg.number

    @cached_property
    def log(self) -> structlog.typing.FilteringBoundLogger:
        """Its lines name it, and the SIP dialog that it came with. Most calls need none but their events'."""
        logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("softswitch.calls").bind(
            call=self.id, call_id=self._origin.call_id
        )
        return logger

    @property
    def legs(self) -> tuple[Leg, ...]:
        """All that end with it: the caller first, then the other side, then whoever is rung or leaving."""
        first = [leg for leg in (self.caller, self.callee) if leg in self._legs and leg is not None]
        return (*first, *(leg for leg in self._legs if leg not in first))

    @property
    def numbers(self) -> frozenset[str]:
        """The extensions that are busy with it."""
        return frozenset(leg.number for leg in self._legs if not leg.trunk)

    @property
    def caller_name(self) -> str:
        """What phones show of the caller."""
        return self.caller.name

    @property
    def state(self) -> str:
        """What it is doing: ringing, talking, held, parked …, or ended."""
        if self._ended:
            return "ended"
        return self.step.state if self.step else "ringing"

    @property
    def hops(self) -> int:
        """How many servers it may still pass."""
        hops = self.request.max_forwards if self.request else None
        return _MOST_HOPS if hops is None else hops

    @property
    def offer(self) -> bytes:
        """The session description that its INVITE offered; empty when there was none."""
        return self.request.body if self.request else b""

    def now(self) -> float:
        """Seconds since 1970."""
        return self.exchange.clock()

    def time(self) -> float:
        """The loop's time, which deadlines are in."""
        return self._loop.time()

    def publish(self, event: CallEvent) -> None:
        """Tell the records."""
        self.exchange.publish(event)

    def _called(self, leg: Leg, request: Request) -> str:
        """The user of the Request-URI; a trunk may call our contact there, and name the number in To."""
        target, asked, knows = request.target.user, request.to.uri.user, self.router.outside.knows
        return asked if leg.trunk and not knows(target) and knows(asked) else target

    # ---- the walk ----

    async def run(self, first: Callable[[], Step | Ending]) -> None:
        """The whole call, from the step that `first` makes. Never raises."""
        origin = f"{self.source.ip}:{self.source.port}"
        caller = self.caller
        self.publish(
            CallStarted(
                self.started_at,
                self.id,
                caller.number,
                caller.name,
                self.called,
                origin,
                caller.call_id,
                caller.trunk,
            )
        )
        ending = Ending.by_us(Outcome.FAILED)
        try:
            ending = await self._walk(first())
        except asyncio.CancelledError:
            ending = Ending.by_us(self.why_ended or self.exchange.why_stopped)
        except LegEnded:
            ending = Ending(Outcome.CANCELLED, 487, self.caller.number)
        except Exception:
            self.log.exception("call failed")
        finally:
            self._finish(ending)

    async def _walk(self, step: Step | Ending) -> Ending:
        while not isinstance(step, Ending):
            self.step = step
            step = await step.run()
        return step

    def decide(
        self, facts: CallFacts, side: Side | None = None, unanswered: Unanswered | None = None
    ) -> Step | Ending:
        """Where the dialplan sends it: see deciding.py."""
        return self.exchange.decide(self, facts, side, unanswered)

    def answered(self, callee: Leg) -> None:
        """Caller and callee are together from now on."""
        self.callee = callee
        if self.answered_at is None:
            self.answered_at = self.now()
        self.called_name = callee.name
        self.publish(CallAnswered(self.now(), self.id, callee.number, callee.name, callee.call_id))

    # ---- its legs ----

    def own(self, leg: Leg) -> None:
        """A leg that it has dialled."""
        self._legs[leg] = None
        leg.owner = self.inbox.post

    def adopt(self, leg: Leg, giver: "Call") -> None:
        """A leg of another call is this one's from now on, with what it has told and nobody has read yet."""
        giver.hearing.without(leg)
        giver.disown(leg)
        if leg in giver._talked:
            giver._talked.discard(leg)
            self._talked.add(leg)
        self.own(leg)
        giver.inbox.move(leg, self.inbox)

    def disown(self, leg: Leg) -> None:
        """It does not end with this call any more."""
        self._legs.pop(leg, None)

    def other(self, leg: Leg) -> Leg | None:
        """Who talks with it here."""
        return self.callee if leg is self.caller else self.caller

    def is_of_the_house(self, leg: Leg) -> bool:
        """Whether it is an extension, and may use features. A trunk's caller is none, whatever he says."""
        return not leg.trunk and self.router.extension(leg.number) is not None

    def language_of(self, leg: Leg) -> str:
        """The language that a party is spoken to in."""
        if leg is self.caller and self.language is not None:
            return self.language
        return self.router.language_of(leg.number)

    def keys_are_sound(self, leg: Leg) -> bool:
        """Whether the party's phone has offered no other way for its keys than sound."""
        return leg is self._origin and sends_no_events(self.offer)

    def limit(self, seconds: float) -> None:
        """It ends in so many seconds, whatever it is doing then. A second limit replaces the first."""
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self._loop.call_later(seconds, self._too_long)

    def _too_long(self) -> None:
        if self._ended:
            return
        self.log.info("the call has reached its longest time")
        if self.step is not None:
            self.step.go(Ending.by_us(Outcome.TOO_LONG))
        self._limit = self._loop.call_later(1.0, self._too_long)  # a step may have gone elsewhere meanwhile

    def is_accompanied_by(self, name: str) -> None:
        """Whoever waits in it hears the music of that class: the number called wants that."""
        self._theirs = self._classes.get(name)
        self.music = self._theirs or self.music

    def music_of(self, holder: Leg) -> Music | None:
        """What is heard by who is put on hold by that party: the class of its extension, else the house's."""
        name = self.router.music_of(holder.number) if self.is_of_the_house(holder) else ""
        return self._theirs or self._classes.get(name) or self.music

    def music_for(self, place: str) -> Music | None:
        """What is heard by who waits for a department, a queue or an extension."""
        return self._theirs or self._classes.get(self.router.music_of(place)) or self.music

    def has_sound(self, *legs: Leg) -> None:
        """They take part in a conversation: what their RTP was like will be of interest."""
        self._talked.update(legs)

    def leg_ended(self, leg: Leg) -> None:
        """Its dialog is over."""
        self.disown(leg)
        self._report(leg)

    def vanished(self, leg: Leg) -> None:
        """The watchdog has heard nothing of a leg for too long."""
        self.inbox.post(leg, Ended(408, "No RTP", by_remote=False))

    def dismiss(self, leg: Leg, at_once: bool = False) -> None:
        """It has no part in the call any more. Its phone is about to hang up, and if it does not, we do."""
        self.hearing.without(leg)
        self.disown(leg)
        self._report(leg)
        self.exchange.dismiss(leg, at_once)

    def show_each_other(self) -> None:
        """The displays of both sides name who is at the other end now (connected line, RFC 3325)."""
        for leg in (self.caller, self.callee):
            far = self.other(leg) if leg is not None else None
            if leg is None or far is None or leg.state is not LegState.CONFIRMED:
                continue
            try:
                leg.show(address(self.exchange.domain, far.number, far.name))
            except SipError as error:
                self.log.debug("display not changed", error=str(error))

    # ---- the end ----

    def _finish(self, ending: Ending) -> None:
        self._ended = True
        if self._limit is not None:
            self._limit.cancel()
        self.exchange.forget(self)
        why = because(ending.status, ending.outcome.reason)
        self.hearing.close()
        if self.recording is not None:
            self.recording.stop()
            self.recording = None
        for watcher in tuple(self.watchers):
            watcher.over()
        for leg in self.legs:
            leg.owner = None  # no cycle stays behind: the call is freed at once, without the collector
            if leg.state is not LegState.ENDED:
                self._end_leg(leg, ending.outcome, why)
        for leg in self.legs:
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
        self.step = None

    def _end_leg(self, leg: Leg, outcome: Outcome, why: tuple[str, str]) -> None:
        unanswered = leg.state in (LegState.INCOMING, LegState.EARLY) and leg.direction is Direction.INBOUND
        try:
            if unanswered:
                retry = (("Retry-After", "5"),) if outcome.status == 503 else ()
                if outcome.status < 300:
                    leg.refuse(487)  # its phone asks no more: the party has gone elsewhere
                else:
                    leg.refuse(outcome.status, outcome.reason, retry)
            else:
                # A BYE after a call that went well has nothing to explain.
                leg.hangup(() if outcome.status == 200 else (why,))
        except SipError as error:
            self.log.debug("leg was over already", error=str(error))

    def _report(self, leg: Leg) -> None:
        if leg not in self._talked:
            return
        self._talked.discard(leg)
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
                leg.trunk,
                figures.discarded,
            )
        )
