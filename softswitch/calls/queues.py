"""All queues: who waits, which agents are free, and who is rung for whom.

Whenever something happens that may have freed an agent, or brought a caller, all lines are looked at
together, the most urgent caller first: agents of several queues are shared fairly.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from softswitch.calls.agents import AgentBook
from softswitch.calls.callback_book import CallbackBook
from softswitch.calls.callbacks import Callbacks
from softswitch.calls.queue import Entry, Figures, Line, expected_wait
from softswitch.config.member import Member
from softswitch.config.places import PlaceKind
from softswitch.config.queue import Queue
from softswitch.records.events import (
    AgentMissed,
    AgentPaused,
    CallAnswered,
    CallEnded,
    CallEvent,
    DeviceEnded,
    LegClosed,
    PlaceEntered,
    QueueEntered,
    QueueLeft,
    SettingChanged,
)
from softswitch.routing import Ring
from softswitch.routing.strategies import Candidate, candidate, targets, turns

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange

_AFTER_MISSING: Final = 2.0
"""Seconds that an agent is not rung after he has missed a call."""
_FAREWELL: Final = 5.0
"""Seconds in which a caller who wants to be called back is told so, and hangs up."""
MISSED: Final = "missed calls"
"""Why an agent pauses who has not done so himself."""
Offer = Callable[[Ring], bool]
"""Rings agents for who waits; False when he is not to be had at this moment."""


class Queues:
    """Lines by the queue's key. They outlive a reload of the dialplan, which may change everything else."""

    TAKES: Final = (CallEnded, LegClosed, CallAnswered, DeviceEnded, SettingChanged)
    """Kinds of events, after each of which somebody may be free."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self.agents = AgentBook()
        self.callbacks = Callbacks(exchange, self)
        self.callback_book = CallbackBook(self, exchange)
        self._lines: dict[str, Line] = {}
        self._figures: dict[str, Figures] = {}
        self._waits: dict[Entry, Offer] = {}
        self._rung: dict[str, Entry] = {}
        """Agents who are being rung, and for whom."""
        self._talks: dict[str, tuple[str, Queue, float]] = {}
        """Calls with agents: who, for which queue, since when."""
        self._looks = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None

    # ---- what is asked ----

    def line(self, key: str) -> Line:
        """Who waits there."""
        return self._lines.setdefault(key, Line())

    @property
    def lines(self) -> Mapping[str, Line]:
        """All lines by their queues' keys."""
        return self._lines

    def figures(self, key: str) -> Figures:
        """What has happened there today."""
        zone = self._exchange.router.dialplan.timezone
        today = datetime.fromtimestamp(self._exchange.clock(), zone).date()
        return self._figures.setdefault(key, Figures()).of(today)

    def settings(self, entry: Entry) -> Queue:
        """His queue as the dialplan has it now; as he came, if it has left the file."""
        return self._exchange.router.dialplan.queues.get(entry.queue.key, entry.queue)

    def present(self, queue: Queue) -> list[str]:
        """Agents who are logged in and have a phone."""
        return [
            number
            for number in queue.extensions
            if self.agents.is_logged_in(number, queue) and self._exchange.is_reachable(number)
        ]

    def expected_wait(self, queue: Queue, place: int) -> float | None:
        """Seconds until who stands at that place is answered; None while nobody can know."""
        working = [number for number in self.present(queue) if not self.agents.of(number).paused]
        return expected_wait(place, len(working), self.figures(queue.key).lengths)

    def is_full(self, queue: Queue) -> bool:
        """Whether nobody more comes in."""
        length = len(self.line(queue.key))
        if length >= queue.max_length:
            return True
        limit = queue.max_expected_wait
        expected = None if limit is None else self.expected_wait(queue, length + 1)
        return expected is not None and limit is not None and expected > limit

    def rung_for(self, number: str) -> Entry | None:
        """For whom an agent is being rung."""
        return self._rung.get(number)

    def talks_for(self, number: str) -> str:
        """The queue whose caller an agent talks with; empty for none."""
        return next((queue.key for agent, queue, _ in self._talks.values() if agent == number), "")

    # ---- who comes and goes ----

    def join(self, entry: Entry) -> None:
        """He waits from now on; if he was to be called back, that place is his."""
        key = entry.queue.key
        for other in self.line(key):
            if not other.call and not other.offered and other.number == entry.number:
                self.line(key).leave(other)
                entry.since, entry.priority = other.since, max(entry.priority, other.priority)
        place = self.line(key).join(entry)
        self.figures(key).entered += 1
        self._publish(QueueEntered(self._now(), entry.call, key, place))

    def leave(self, entry: Entry, reason: str) -> None:
        """He waits no longer."""
        place = self._forget(entry)
        figures = self.figures(entry.queue.key)
        if reason == "abandoned":
            figures.abandoned += 1
        else:
            figures.left += 1
        self._left(entry, reason, place)

    def hand_over(self, entry: Entry, call: str) -> None:
        """Somebody else has his place, who is in that call."""
        self.waits_not(entry)
        key, place = entry.queue.key, self.line(entry.queue.key).place(entry)
        self._left(entry, "handed-over", place)
        entry.call = call
        self._publish(PlaceEntered(self._now(), call, PlaceKind.QUEUE.value, key))
        self._publish(QueueEntered(self._now(), call, key, place))

    def wants_callback(self, entry: Entry) -> None:
        """He hangs up and keeps his place."""
        self._left(entry, "callback", self.line(entry.queue.key).place(entry))
        entry.call, entry.offered = "", False
        entry.not_before = self._now() + _FAREWELL
        self.waits(entry, lambda ring: self.callbacks.call(entry, ring))

    def calls_back(self, entry: Entry) -> None:
        """One who has asked for it before the switch was started: he has his place again."""
        self.line(entry.queue.key).join(entry)
        self.waits(entry, lambda ring: self.callbacks.call(entry, ring))

    def answered(self, entry: Entry, agent: str, call: str, reason: str = "answered") -> None:
        """An agent talks with him, in that call."""
        place, queue = self._forget(entry), self.settings(entry)
        waited = self._now() - entry.since
        self.figures(queue.key).note_answer(waited, queue.service_level)
        self.agents.answered(agent)
        self._talks[call] = (agent, queue, self._now())
        entry.call = call
        self._left(entry, reason, place)

    def waits(self, entry: Entry, offer: Offer) -> None:
        """He is ready to talk with an agent."""
        self._waits[entry] = offer
        self.look_soon()

    def waits_not(self, entry: Entry) -> None:
        """Not for the moment."""
        self._waits.pop(entry, None)

    def not_taken(self, entry: Entry, missed: set[str]) -> None:
        """Nobody has answered him. `missed`: those whose phones rang."""
        self._free(entry)
        entry.tried |= missed
        queue = self.settings(entry)
        for number in sorted(missed):
            self._miss(queue, number, entry.call)
        self.look_soon()

    # ---- what happens ----

    def take(self, event: CallEvent) -> None:
        """Something has happened in some call."""
        self.callbacks.take(event)
        if isinstance(event, CallEnded | LegClosed):
            self._talk_over(event)
        self.look_soon()

    def look_soon(self) -> None:
        """Look whom somebody can be rung for, when what happens now is over."""
        if self._waits and not self._looks and not self._closed:
            self._looks = True
            asyncio.get_running_loop().call_soon(self._look)

    def close(self) -> None:
        """Nobody is rung any more: the switch stops."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    # ---- inside ----

    def _look(self) -> None:
        self._looks = False
        now = self._now()
        due: list[float] = [self.callbacks.tidy(entry, now) for entry in tuple(self._waits)]
        for entry in sorted(self._waits, key=lambda one: one.rank):
            offer = self._waits.get(entry)
            if offer is None or entry.offered or entry.not_before > now:
                continue
            ring = self._ring(entry)
            if ring is not None and offer(ring):
                entry.offered = True
                self._rung.update(dict.fromkeys((one.number for one in ring.targets), entry))
        due += [self.agents.peace(number, now) for number in self._agents_waited_for()]
        self._look_again(min((seconds for seconds in due if seconds > 0), default=None))

    def _agents_waited_for(self) -> Iterator[str]:
        for entry in self._waits:
            yield from self.settings(entry).extensions

    def _look_again(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(seconds + 0.01, self.look_soon)

    def _ring(self, entry: Entry) -> Ring | None:
        """Who is rung for him now; None while nobody is free."""
        queue = self.settings(entry)
        free = [one for one in queue.agents if self._is_free(one, queue) and one.extension != entry.number]
        fresh = [one for one in free if one.extension not in entry.tried]
        if free and not fresh:
            entry.tried.clear()
            fresh = free
        if not fresh:
            return None
        people = [self._candidate(one, queue) for one in fresh]
        groups = turns(queue.ring, people, f"{entry.number} {entry.since} {len(entry.tried)}")
        if queue.ring != "growing" or not entry.call:
            groups = groups[:1]
        seconds = len(groups) * queue.offer_time
        return Ring(
            queue.number or queue.key,
            queue.name,
            targets(queue.ring, groups, queue.offer_time, seconds),
            seconds,
            (),
            caller_as=queue.name if queue.display == "department and caller" else "",
            music=True,
            skip_busy=True,
        )

    def _is_free(self, agent: Member, queue: Queue) -> bool:
        number = agent.extension
        extension = self._exchange.router.extension(number)
        if extension is None or number in self._rung or not self.agents.is_logged_in(number, queue):
            return False
        own = self._exchange.preferences.of(number).do_not_disturb
        disturbs_not = extension.do_not_disturb if own is None else own
        in_peace = self.agents.of(number).paused or self.agents.peace(number, self._now()) > 0
        return not disturbs_not and not in_peace and self._exchange.is_free(number)

    def _candidate(self, agent: Member, queue: Queue) -> Candidate:
        number, taken = agent.extension, self._exchange.taken
        extension = self._exchange.router.extension(number)
        known = extension.skills.get(queue.skill or "", 0) if extension is not None else 0
        return candidate(agent, known, taken.last(number), taken.count(number))

    def _miss(self, queue: Queue, number: str, call: str) -> None:
        now = self._now()
        self._publish(AgentMissed(now, call, queue.key, number))
        self.agents.leave_in_peace(number, now + _AFTER_MISSING)
        times = self.agents.missed(number)
        if queue.pause_after_missed is not None and times >= queue.pause_after_missed:
            self.agents.pause(number, MISSED, now)
            self._publish(AgentPaused(now, call, number, MISSED))

    def _talk_over(self, event: CallEnded | LegClosed) -> None:
        talk = self._talks.get(event.call)
        if talk is None or (isinstance(event, LegClosed) and event.number != talk[0]):
            return
        del self._talks[event.call]
        agent, queue, since = talk
        self.figures(queue.key).lengths.append(event.at - since)
        if queue.wrap_up:
            self.agents.leave_in_peace(agent, event.at + queue.wrap_up)

    def _forget(self, entry: Entry) -> int:
        self._waits.pop(entry, None)
        self._free(entry)
        return self.line(entry.queue.key).leave(entry)

    def _free(self, entry: Entry) -> None:
        entry.offered = False
        for number in [number for number, one in self._rung.items() if one is entry]:
            del self._rung[number]

    def _left(self, entry: Entry, reason: str, place: int) -> None:
        now = self._now()
        self._publish(QueueLeft(now, entry.call, entry.queue.key, reason, now - entry.since, place))

    def _publish(self, event: CallEvent) -> None:
        self._exchange.publish(event)

    def _now(self) -> float:
        return self._exchange.clock()
