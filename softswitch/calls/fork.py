"""Ringing several devices at once until one answers (RFC 3261 §16.7, as a back-to-back user agent)."""

from collections.abc import Callable, Collection

import structlog

from softswitch.calls.identity import Header
from softswitch.routing import Outcome
from softswitch.routing.outcome import outcome_of_status
from softswitch.sip.destination import Destination
from softswitch.sip.errors import OutOfResources, SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, Ringing

log = structlog.get_logger("softswitch.calls")

Dial = Callable[[Destination], Leg]


class Fork:
    """The branches of one attempt. Feed it the events of its legs; it says when one has won."""

    def __init__(self) -> None:
        self.branches: list[Leg] = []
        self.failures: list[Outcome] = []
        """Why devices will not take the call."""
        self.winner: Leg | None = None
        self.out_of_resources = False
        self.stopped_by: int | None = None
        """A 6xx of one device, which speaks for all of them. A carrier speaks for nobody but itself."""

    def start(
        self, destinations: Collection[Destination], dial: Dial, unreachable: Outcome = Outcome.UNREACHABLE
    ) -> None:
        """Call every device. One that cannot be called, or none at all, counts as `unreachable`."""
        if not destinations:
            self.failures.append(unreachable)
        for destination in destinations:
            try:
                self.branches.append(dial(destination))
            except OutOfResources as error:
                log.warning("device not called", device=destination.uri, error=str(error))
                self.out_of_resources = True
            except SipError as error:
                log.warning("device not called", device=destination.uri, error=str(error))
                self.failures.append(unreachable)

    @property
    def open(self) -> bool:
        """Whether somebody may still answer."""
        return bool(self.branches) and self.winner is None

    @property
    def ringing_alone(self) -> bool:
        """Whether there is only one branch: then its early media is the caller's to hear."""
        return len(self.branches) == 1

    def take(self, leg: Leg, event: LegEvent) -> bool:
        """An event of a branch. Returns True when it is news for the caller: it rings, or it has won."""
        match event:
            case Answered():
                self.winner = leg
                self.branches.remove(leg)
                return True
            case Ringing():
                return True
            case Ended(code=code, by_remote=by_remote):
                if leg in self.branches:
                    self.branches.remove(leg)
                if leg.trunk and not by_remote:
                    self.failures.append(Outcome.TRUNK_UNREACHABLE)  # PJSIP says so: nobody answered
                else:
                    self.failures.append(outcome_of_status(code, from_trunk=bool(leg.trunk)))
                if code >= 600 and not leg.trunk:
                    self.stopped_by = code
        return False

    def stop(self, why: Header) -> None:
        """Give up the branches that still ring."""
        for leg in tuple(self.branches):
            self._stop(leg, why)

    def stop_one(self, leg: Leg, why: Header, outcome: Outcome) -> None:
        """Give up one of them, for that reason, while the others ring on."""
        self.failures.append(outcome)
        self._stop(leg, why)

    def _stop(self, leg: Leg, why: Header) -> None:
        self.branches.remove(leg)
        leg.owner = None
        try:
            leg.hangup((why,))
        except SipError as error:
            log.debug("branch was over already", error=str(error))
