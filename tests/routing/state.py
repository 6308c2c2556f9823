"""What the switch knows, said by a test."""

from dataclasses import dataclass, field
from decimal import Decimal

from softswitch.routing import Forced, Preferences


@dataclass
class Known:
    """See routing.State."""

    away: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    """Taken lines by trunk."""
    uses: dict[str, int] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Trunks that do not answer."""
    by_code: dict[str, Preferences] = field(default_factory=dict)
    by_hand: dict[str, Forced] = field(default_factory=dict)
    """Modes set by hand, by outside number; "" is all of them."""

    last_calls: dict[str, float] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    chance: str = ""
    money: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Spent today, and this month."""

    def registered(self, number: str) -> bool:
        return number not in self.away

    def calls_of(self, number: str) -> int:
        return int(number in self.busy)

    def trunk_calls(self, trunk: str) -> int:
        return self.lines.get(trunk, 0)

    def forced_mode(self, number: str) -> Forced | None:
        return self.by_hand.get(number)

    def trunk_uses(self, trunk: str) -> int:
        return self.uses.get(trunk, 0)

    def trunk_answers(self, trunk: str) -> bool:
        return trunk not in self.silent

    def preferences(self, number: str) -> Preferences:
        return self.by_code.get(number, Preferences())

    def last_call_of(self, number: str) -> float:
        return self.last_calls.get(number, 0.0)

    def calls_taken(self, number: str) -> int:
        return self.taken.get(number, 0)

    def spent(self, extension: str) -> tuple[Decimal, Decimal]:
        return self.money.get(extension, (Decimal(0), Decimal(0)))

    def seed(self) -> str:
        return self.chance
