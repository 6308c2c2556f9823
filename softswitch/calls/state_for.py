"""What routing asks of the running calls, as one of them sees it."""

from collections import Counter
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from softswitch.routing import Forced, Preferences

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange


class StateFor:
    """See routing.State. It is for one decision: who is busy is counted once, for all of a department."""

    def __init__(self, exchange: "Exchange", call: "Call | None") -> None:
        self._exchange = exchange
        self._call = call
        self._calls: Counter[str] | None = None

    def registered(self, number: str) -> bool:
        return bool(self._exchange.devices(number, besides=self._call.legs if self._call else ()))

    def calls_of(self, number: str) -> int:
        if self._calls is None:
            others = (call for call in self._exchange.calls if call is not self._call)
            self._calls = Counter(chain.from_iterable(call.numbers for call in others))
        return self._calls[number]

    def preferences(self, number: str) -> Preferences:
        return self._exchange.preferences.of(number)

    def forced_mode(self, number: str) -> Forced | None:
        return self._exchange.modes.of(number)

    def trunk_calls(self, trunk: str) -> int:
        return self._exchange.trunk_calls(trunk)

    def last_call_of(self, number: str) -> float:
        return self._exchange.taken.last(number)

    def calls_taken(self, number: str) -> int:
        return self._exchange.taken.count(number)

    def spent(self, extension: str) -> tuple[Decimal, Decimal]:
        return self._exchange.spent(extension)

    def seed(self) -> str:
        return self._call.id if self._call else ""

    def trunk_uses(self, trunk: str) -> int:
        return self._exchange.trunk_uses[trunk]

    def trunk_answers(self, trunk: str) -> bool:
        return self._exchange.trunk_answers(trunk)
