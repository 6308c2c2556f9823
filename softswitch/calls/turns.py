"""When each target of one attempt begins to ring, and when it stops."""

from collections.abc import Iterable

from softswitch.routing import Target
from softswitch.sip.leg import Leg


class Turns:
    """Times are seconds of the attempt; when a turn begins early its targets stop as much earlier."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._late = sorted(targets, key=lambda target: target.delay)
        self._now = 0.0
        self._stops: dict[Leg, float] = {}

    @property
    def more(self) -> bool:
        """Whether somebody is still to be rung."""
        return bool(self._late)

    def begin(self) -> tuple[Target, ...]:
        """The next turn, whose time has come."""
        self._now = self._late[0].delay
        turn = [target for target in self._late if target.delay == self._now]
        del self._late[: len(turn)]
        return tuple(turn)

    def until_next(self) -> float:
        """Seconds from the turn that has begun last to the next one."""
        return self._late[0].delay - self._now

    def without(self, number: str) -> None:
        """It has refused: its later turns are none."""
        self._late = [target for target in self._late if target.number != number]

    def rung(self, target: Target, legs: Iterable[Leg], time: float) -> None:
        """These ring for the target since `time`, the loop's."""
        if target.until is not None:
            self._stops.update(dict.fromkeys(legs, time + target.until - target.delay))

    def next_stop(self) -> float | None:
        """The loop's time at which somebody stops; None for never."""
        return min(self._stops.values(), default=None)

    def due(self, time: float) -> tuple[Leg, ...]:
        """Those that stop by then; they are forgotten here."""
        found = tuple(leg for leg, stop in self._stops.items() if stop <= time)
        for leg in found:
            del self._stops[leg]
        return found

    def over(self, leg: Leg) -> None:
        """It does not ring any more."""
        self._stops.pop(leg, None)
