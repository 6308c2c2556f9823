"""How a call ends."""

from dataclasses import dataclass

from softswitch.routing import Outcome


@dataclass(frozen=True, slots=True)
class Ending:
    """The outcome, the SIP status behind it, and the extension that ended it, if one did."""

    outcome: Outcome
    status: int
    ended_by: str = ""

    @classmethod
    def by_us(cls, outcome: Outcome) -> "Ending":
        """The switch ends it, with the outcome's own status."""
        return cls(outcome, outcome.status)
