"""What the control socket says about modes, and setting them by hand."""

from typing import Any

from softswitch.api.control import Refused
from softswitch.calls.exchange import Exchange
from softswitch.calls.modes import ModeBook
from softswitch.config.moments import REMEDY, parse_moment
from softswitch.config.names import did_you_mean
from softswitch.routing import CallFacts, Forced, Router

AUTO = "auto"
"""The clock decides again."""
OPERATOR = "the operator"


def mode(exchange: Exchange, arguments: dict[str, Any]) -> dict[str, Any]:
    """Sets a mode if one is named, and says what holds: `mode`, `until`, `number` and `at`, all optional."""
    router, now = exchange.router, exchange.clock()
    number = _number(router, arguments.get("number"))
    wanted = arguments.get("mode")
    at = _moment(router, arguments.get("at"), now)
    if wanted is not None:
        _set(exchange, number, str(wanted), _moment(router, arguments.get("until"), now))
    modes = router.outside.modes
    numbers = [number] if number else ["", *modes.numbers_apart(exchange.modes.everything)]
    return {
        "at": now if at is None else at,
        "timezone": router.dialplan.timezone.key,
        "modes": [_held(exchange.modes, router, one, now if at is None else at) for one in numbers],
    }


def _set(exchange: Exchange, number: str, wanted: str, until: float | None) -> None:
    known = exchange.router.outside.modes.schedule(number).modes
    if wanted == AUTO:
        if until is not None:
            raise Refused("auto holds without an end", "leave --until out")
        exchange.modes.force(number, None)
        return
    if wanted not in known:
        otherwise = f"known here: {', '.join((*known, AUTO))}"
        raise Refused(f"there is no mode {wanted!r}", did_you_mean(wanted, (*known, AUTO), otherwise))
    if until is not None and until <= exchange.clock():
        raise Refused("that time is over", "name a later one")
    exchange.modes.force(number, Forced(wanted, OPERATOR, until))


def _held(book: ModeBook, router: Router, number: str, at: float) -> dict[str, Any]:
    facts = CallFacts("", "", at=at, number=number)
    modes = router.outside.modes
    schedule = modes.schedule(number)
    forced = modes.forced(number, schedule, at, _OnlyModes(book))
    now = modes.now(facts, router.outside.direct(number), _OnlyModes(book))
    return {
        "number": number,
        "mode": now.key,
        "why": now.reason.text if now.reason else "the dialplan has no modes",
        "line": now.reason.line if now.reason else None,
        "by_hand": forced is not None,
        "until": forced.until if forced else schedule.next_change(at) if schedule.modes else None,
    }


class _OnlyModes:
    """As much of routing.State as the modes ask for."""

    def __init__(self, book: ModeBook) -> None:
        self._book = book

    def forced_mode(self, number: str) -> Forced | None:
        return self._book.of(number)


def _number(router: Router, number: object) -> str:
    if number is None:
        return ""
    direct = router.outside.direct(str(number))
    if direct is None:
        raise Refused(f"{number} is not in numbers", "name one of the dialplan's outside numbers")
    return direct.number


def _moment(router: Router, text: object, now: float) -> float | None:
    if text is None:
        return None
    try:
        return parse_moment(str(text), router.dialplan.timezone, now)
    except ValueError as error:
        raise Refused(str(error), REMEDY) from None
