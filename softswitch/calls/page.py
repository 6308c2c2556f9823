"""Phones that answer by themselves and hear one voice: for a page, and for what the switch says to many."""

from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls import device
from softswitch.calls.auto_answer import auto_answer
from softswitch.calls.fork import Fork
from softswitch.calls.identity import address, asserted, because
from softswitch.calls.inbox import Played
from softswitch.records.events import DeviceEnded
from softswitch.sip.destination import Destination
from softswitch.sip.hearing import NOWHERE, Pair, Voice
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.config.paging import PagingGroup


class Page:
    """Legs of one call: those that are still being called, and those that listen."""

    def __init__(self, call: "Call", group: "PagingGroup") -> None:
        self.listeners: list[Leg] = []
        self._call = call
        self._group = group
        self._fork = Fork()

    def start(self, besides: frozenset[str] = frozenset()) -> None:
        """Call all members that are in no call, but for those."""
        exchange = self._call.exchange
        for member in self._group.members:
            if member not in besides and exchange.is_free(member):
                self._fork.start(exchange.devices(member, ()), partial(self._dial, member))

    @property
    def is_there(self) -> bool:
        """Whether anybody listens, or may still."""
        return bool(self.listeners) or bool(self._fork.branches)

    def has(self, leg: Leg) -> bool:
        """Whether it is one of its legs."""
        return leg in self.listeners or leg in self._fork.branches

    def pairs(self, voice: Voice | None) -> list[Pair]:
        """All hear the voice, and nobody hears them."""
        there = [leg for leg in self.listeners if not leg.held]
        heard: list[Pair] = [(voice, leg) for leg in there] if voice is not None else []
        return heard + [(leg, NOWHERE) for leg in there]

    def take(self, leg: Leg, event: LegEvent | Played) -> None:
        """What one of its legs tells."""
        call = self._call
        if isinstance(event, Answered) and leg in self._fork.branches:
            self._fork.branches.remove(leg)
            self.listeners.append(leg)
            call.has_sound(leg)
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason))
            for legs in (self.listeners, self._fork.branches):
                if leg in legs:
                    legs.remove(leg)

    def no_more(self) -> None:
        """Phones that ring instead of answering are let go."""
        for leg in self._fork.branches:
            self._call.disown(leg)
        self._fork.stop(because(487, "Not answered by itself"))

    def close(self) -> None:
        """All are let go."""
        self.no_more()
        for leg in self.listeners:
            self._call.dismiss(leg, at_once=True)
        self.listeners.clear()

    def _dial(self, number: str, destination: Destination) -> Leg:
        call, group, domain = self._call, self._group, self._call.exchange.domain
        leg = device.invite(
            call.exchange,
            number,
            destination,
            from_=address(domain, group.number, group.name),
            headers=(
                asserted(domain, group.number, group.name),
                *auto_answer(domain),
                ("Max-Forwards", str(call.hops - 1)),
            ),
        )
        device.called(call, leg)
        return leg
