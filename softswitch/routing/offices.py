"""Calls to and from other offices: their numbers are dialled like one's own, and no call goes round."""

from typing import Final

from softswitch.config import Dialplan
from softswitch.config.office import Office
from softswitch.routing.decision import CallFacts, Reason, Refuse, Ring, State, Target
from softswitch.routing.lines import is_free
from softswitch.routing.outcome import Outcome

_LONGEST_RINGING: Final = 180.0
"""Seconds. How long somebody rings is his own exchange's to say."""


class Offices:
    """One dialplan's offices."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._offices = dict(dialplan.offices)

    def __contains__(self, key: str) -> bool:
        return key in self._offices

    def is_complete(self, number: str) -> bool:
        """Whether it is a number of an office, and no longer one begins with it."""
        return any(number in one.numbers or _is_whole(one, number) for one in self._offices.values())

    def arrives(self, facts: CallFacts, state: State) -> tuple[Reason, ...] | Refuse:
        """Whether a call that has just come from an office may come in."""
        office = self._offices[facts.trunk]
        line = self._dialplan.line_of(("offices", office.key))
        why = Reason(f"{facts.called} is called from the office {office.key}", line)
        if state.trunk_calls(office.key) > office.max_calls:
            return Refuse(Outcome.NO_FREE_LINE, (why, self._taken(office)))
        return (why,)

    def ring(self, facts: CallFacts, state: State) -> Ring | Refuse | None:
        """The decision about a number of an office; None when what is dialled is none.

        A call that came from an office goes on to another one only with `transit`, and never back, unless
        somebody of this house forwards it.
        """
        for office in self._offices.values():
            number = office.number_for(facts.called)
            if number is not None:
                return self._to(office, number, facts, state)
        return None

    def _to(self, office: Office, number: str, facts: CallFacts, state: State) -> Ring | Refuse:
        line = self._dialplan.line_of(("offices", office.key))
        why = Reason(f"{facts.called} is in the office {office.key}", line)
        origin = self._offices.get(facts.trunk)
        if facts.trunk and not facts.on_behalf and not facts.sent:
            if origin is None:
                text = f"{facts.caller} is outside: nobody here lets the call go on"
                return Refuse(Outcome.NOT_ALLOWED, (why, Reason(text)))
            if origin is office:
                text = f"the call came from the office {office.key}"
                return Refuse(Outcome.FORWARD_LOOP, (why, Reason(text)))
            if not origin.transit:
                said = self._dialplan.line_of(("offices", origin.key, "transit"))
                text = f"calls from the office {origin.key} do not go on to other offices"
                return Refuse(Outcome.NOT_ALLOWED, (why, Reason(text, said)))
        if not is_free(office, state):
            return Refuse(Outcome.NO_FREE_LINE, (why, self._taken(office)), trunk=office.key)
        return Ring(number, number, (Target(number, office.key),), _LONGEST_RINGING, (why,))

    def _taken(self, office: Office) -> Reason:
        line = self._dialplan.line_of(("offices", office.key, "max_calls"))
        return Reason(f"all {office.max_calls} lines to the office {office.key} are taken", line)


def _is_whole(office: Office, number: str) -> bool:
    """Ranges have numbers of one length each."""
    return not office.prefix and office.number_for(number) is not None
