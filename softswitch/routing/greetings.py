"""How callers are greeted: the part of the day, and the name that they have reached."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from softswitch.config import Dialplan
from softswitch.config.direct_number import DirectNumber
from softswitch.routing.decision import CallFacts

Part = Literal["morning", "day", "evening"]


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said to a caller first."""

    part: Part
    name: str
    """Of the number, else of the company; may be empty."""


class Greetings:
    """One dialplan's."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._timezone = dialplan.timezone
        self._company = dialplan.company or ""
        self._morning = dialplan.greetings.morning_until.minutes
        self._day = dialplan.greetings.day_until.minutes

    def of(self, facts: CallFacts, direct: DirectNumber | None) -> Greeting:
        """By the house's clock. Never raises."""
        local = datetime.fromtimestamp(facts.at, self._timezone)
        minute = local.hour * 60 + local.minute
        part: Part = "morning" if minute < self._morning else "day" if minute < self._day else "evening"
        return Greeting(part, (direct.name if direct else None) or self._company)
