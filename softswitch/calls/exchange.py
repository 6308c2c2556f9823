"""The exchange: all calls, and what they share."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import structlog

from media.tone_kinds import Tone
from softswitch.calls import camp_on, in_call
from softswitch.calls.arriving import first_step
from softswitch.calls.call import Call
from softswitch.calls.call_ids import call_ids
from softswitch.calls.camp_on import Camps
from softswitch.calls.completion import CompletionBook
from softswitch.calls.deciding import decide, forward
from softswitch.calls.disa_guard import DisaGuard
from softswitch.calls.ending import Ending
from softswitch.calls.modes import ModeBook
from softswitch.calls.parking import ParkingLot
from softswitch.calls.preferences import PreferenceBook
from softswitch.calls.prompts import NoPrompts, Prompts
from softswitch.calls.queues import Queues
from softswitch.calls.recording_archive import Archive
from softswitch.calls.remembered import Remembered
from softswitch.calls.room import Room
from softswitch.calls.state_for import StateFor
from softswitch.calls.step import Step
from softswitch.calls.taken import Taken
from softswitch.calls.transfer import refer
from softswitch.faxes.store import FaxStore
from softswitch.records.events import CallEvent
from softswitch.routing import Outcome, Router
from softswitch.sip.destination import Destination
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_state import LegState
from softswitch.sip.location import Location
from softswitch.sip.message import Request
from softswitch.sip.sound import Music
from softswitch.sip.source import Source
from softswitch.sip.trunks import Trunks
from softswitch.voicemail.guard import Guard
from softswitch.voicemail.store import MessageStore

log = structlog.get_logger("softswitch.calls")

Publish = Callable[[CallEvent], None]
_FAREWELL: Final = 2.0
"""Seconds that a phone which has transferred its party has for its own BYE."""


class Exchange:
    """Starts a task per call and keeps count. `router`, `domain` and `codecs` are replaced by a reload."""

    def __init__(
        self,
        engine: Engine,
        location: Location,
        router: Router,
        publish: Publish,
        *,
        trunks: Trunks,
        codecs: tuple[str, ...],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.engine = engine
        self.router = router
        self._publish = publish
        self.clock = clock
        self.domain = engine.settings.domain
        self.codecs = codecs
        self.trunks = trunks
        self.music: Music | None = None
        self.classes: Mapping[str, Music] = {}
        """Music on hold by the name of its class; a reload makes a new one, running calls keep theirs."""
        self.tones: Mapping[Tone, Path] = {}
        self.prompts: Prompts = NoPrompts()
        self.lot = ParkingLot()
        self.disa_guard = DisaGuard()
        self.rooms: dict[str, Room] = {}
        self.recordings: Path | None = None
        """The folder for recordings; None records nothing."""
        self.names: Path | None = None
        """The folder for names that parties of conferences have said, as long as they are there."""
        self.voicemail: MessageStore | None = None
        """All voicemail boxes; None for a switch without any."""
        self.faxes: FaxStore | None = None
        """All faxes; None for a switch without any."""
        self.guard = Guard()
        self.archive: Archive | None = None
        """Where calls are recorded; None records none."""
        self.preferences = PreferenceBook()
        self.modes = ModeBook()
        self.remembered = Remembered()
        self.taken = Taken(lambda number: self.router.extension(number) is not None, clock)
        self.camps = Camps(
            self._may_be_rung,
            lambda camper, on: camp_on.connect(self, camper, on),
            has_line=lambda camper, on: camp_on.has_line(self, camper, on),
        )
        self.spent: Callable[[str], tuple[Decimal, Decimal]] = lambda _: (Decimal(0), Decimal(0))
        """What an extension has spent on calls out: today, and this month."""
        self.trunk_uses: Counter[str] = Counter()
        """How many calls have gone out through each trunk."""
        self.trunk_answers: Callable[[str], bool] = lambda _: True
        """False for a trunk whose carrier is known not to answer, or not to know us."""
        self.queues = Queues(self)
        self._takers: dict[type, list[Callable[[CallEvent], None]]] = {}
        """Who wants to know, by the kind of event: most kinds nobody does."""
        for part in (self.taken, self.camps, self.queues):
            for kind in part.TAKES:
                self._takers.setdefault(kind, []).append(part.take)
        self.completion = CompletionBook(self.remembered, self.camps, clock)
        # Steps lead to each other in circles: what leads on from one of them is found here.
        self.decide = decide
        self.forward = forward
        self.refer = refer
        self.use = in_call.use
        self.why_stopped = Outcome.ENDED_BY_OPERATOR
        self._location = location
        self._calls: dict[str, Call] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ids = call_ids(clock())

    @property
    def call_count(self) -> int:
        """How many calls are not over."""
        return len(self._calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are not over."""
        return tuple(self._calls.values())

    def publish(self, event: CallEvent) -> None:
        """Tell the records, and who waits for somebody to be free."""
        self._publish(event)
        for take in self._takers.get(type(event), ()):
            take(event)

    def take(self, leg: Leg, request: Request, source: Source) -> None:
        """An admitted INVITE: it is a call from now on."""
        call = Call(self, self.new_id(), leg, request, source)
        self.begin(call, lambda: first_step(call))

    def new_id(self) -> str:
        """The id of the next call."""
        return next(self._ids)

    def begin(self, call: Call, first: Callable[[], Step | Ending]) -> None:
        """The call walks from the step that `first` makes."""
        self._calls[call.id] = call
        task = asyncio.get_running_loop().create_task(call.run(first), name=call.id)
        self._tasks[call.id] = task
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        del self._tasks[name]
        call = self._calls.pop(name, None)
        if call is not None:
            self.engine.fail(call.caller)  # cancelled before its first step
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call ended badly", call=name, exc_info=error)

    def forget(self, call: Call) -> None:
        """It is about to be answered for the last time: who redials at once must find its place free."""
        self._calls.pop(call.id, None)

    def hangup(self, call_id: str) -> None:
        """End a call for the operator. Raises KeyError when there is none of that id."""
        self.why_stopped = Outcome.ENDED_BY_OPERATOR
        self._tasks[call_id].cancel()

    def end(self, call: Call, outcome: Outcome) -> None:
        """End a call, for that reason."""
        task = self._tasks.get(call.id)
        if task is not None:
            call.why_ended = outcome
            task.cancel()

    async def stop(self, drain: float) -> None:
        """Let running calls go on for `drain` seconds, then end the rest and wait for their BYEs' answers."""
        self.completion.close()
        self.queues.callback_book.close()
        self.camps.close()
        self.queues.close()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=drain)
        if self._tasks:
            log.warning("ending calls that are still up", calls=len(self._tasks))
            self.why_stopped = Outcome.SHUT_DOWN
            for task in self._tasks.values():
                task.cancel()
            await asyncio.wait(self._tasks.values())

    # ---- what routing asks ----

    def state_for(self, call: Call | None) -> StateFor:
        """The state as one call sees it: without itself. None: as who is in no call sees it."""
        return StateFor(self, call)

    def devices(self, number: str, besides: Iterable[Leg]) -> list[Destination]:
        """Where the extension's phones are, but for those that legs of its own lead to.

        Phones of others may be at the same address: behind a proxy, or as lines of one device.
        """
        there = {leg.address for leg in besides if leg.number == number}
        return [
            Destination(
                binding.contact,
                binding.source.ip,
                binding.source.port,
                binding.source.transport,
                binding.source.local,
            )
            for binding in self._location.bindings(number)
            if (binding.source.ip, binding.source.port) not in there
        ]

    def is_reachable(self, number: str) -> bool:
        """Whether the extension has a phone that can be called."""
        return bool(self._location.bindings(number))

    def is_free(self, number: str) -> bool:
        """Whether the extension is in no call, and has a phone that can be called."""
        return bool(self._location.bindings(number)) and not any(
            number in call.numbers for call in self.calls
        )

    def _may_be_rung(self, number: str) -> bool:
        """Whether it is a free extension, or a number outside, of which nobody knows."""
        return self.router.extension(number) is None or self.is_free(number)

    def trunk_calls(self, trunk: str) -> int:
        """How many lines of a trunk are taken."""
        return sum(leg.trunk == trunk for call in self._calls.values() for leg in call.legs)

    # ---- legs that change hands ----

    def call_of(self, leg: Leg) -> Call | None:
        """The call that a leg belongs to."""
        return next((call for call in self._calls.values() if leg in call.legs), None)

    def dismiss(self, leg: Leg, at_once: bool) -> None:
        """It belongs to no call any more. Its phone hangs up by itself, or else we do, `at_once` or later."""
        leg.owner = None
        if at_once:
            _hang_up(leg)
        else:
            asyncio.get_running_loop().call_later(_FAREWELL, _hang_up, leg)


def _hang_up(leg: Leg) -> None:
    if leg.state is not LegState.ENDED:
        try:
            leg.hangup()
        except SipError as error:
            log.debug("leg was over already", error=str(error))
