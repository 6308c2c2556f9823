"""Who may call which numbers outside, and who is asked for a pin first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from softswitch.config import Dialplan
from softswitch.config.by_mode import ByMode, in_mode
from softswitch.config.calling import NUMBER_CLASSES, Calling, NumberClass, Reachable
from softswitch.config.problems import KeyPath
from softswitch.routing.decision import Reason
from softswitch.routing.numbers import look_up, rewritten

_WORDS: Final = {
    "local": "a local number",
    "national": "a number in the country",
    "mobile": "a mobile",
    "international": "a number abroad",
    "toll_free": "a toll-free number",
    "shared_cost": "a number of shared cost",
    "premium": "a premium-rate number",
    "special": "a special number",
}


@dataclass(frozen=True, slots=True)
class _Said:
    """A setting that holds for somebody, and where it is said; no line where nobody has said it."""

    value: Any
    path: KeyPath
    line: int | None
    when: str = ""
    """In which mode, in words; empty where it is so in all."""


class CallingRights:
    """One dialplan's rights to call outside, each looked up once."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._country, self._area = dialplan.country or "", dialplan.area_code or ""
        self._known: dict[tuple[str, str, str], _Said] = {}
        said = [one.class_of_service for one in dialplan.extensions.values()]
        said += [one.class_of_service for one in dialplan.departments.values()]
        self.by_mode = any(isinstance(one, Mapping) for one in said)
        """Whether the mode matters; where it does not, none need be found out."""

    def forbidden(self, whose: str, number: str, mode: str = "") -> Reason | None:
        """Why the extension may not call the number; None when it may."""
        deny, allow = self._said(whose, "deny", mode), self._said(whose, "allow", mode)
        spellings: tuple[str, ...] | None = None
        if deny.value or allow.value:
            spellings = self._spellings(number)
            for index, pattern in enumerate(deny.value):
                if _fits(pattern, spellings):
                    return Reason(f"{whose} may not call {pattern}{deny.when}", self._line(deny, index))
            if any(_fits(pattern, spellings) for pattern in allow.value):
                return None
        outside = self._said(whose, "outside", mode)
        reachable: Reachable = True if outside.value is None else outside.value
        if reachable is True:
            return None
        if reachable is False:
            return Reason(f"{whose} may not call outside numbers{outside.when}", outside.line)
        kind = look_up(number, self._country, self._area).kind
        if kind in reachable:
            return None
        return Reason(f"{number} is {_WORDS[kind]}; {whose} may not call those{outside.when}", outside.line)

    def kinds(self, whose: str, mode: str = "") -> frozenset[NumberClass]:
        """What numbers the extension may call, lists aside."""
        outside = self._said(whose, "outside", mode).value
        if outside is None or outside is True:
            return frozenset(NUMBER_CLASSES)
        return frozenset(outside or ())

    def asks_pin(self, whose: str, number: str, mode: str = "") -> Reason | None:
        """Why a pin is asked of the extension before it is connected; None when none is."""
        pin = self._said(whose, "pin", mode)
        if pin.value is None:
            return None
        kinds = self._said(whose, "pin_for", mode).value
        if kinds or self._country:
            kind = look_up(number, self._country, self._area).kind
            if (kinds and kind not in kinds) or (not kinds and kind == "toll_free"):
                return None
        return Reason(f"{whose} is asked for a pin", pin.line)

    def pin_of(self, whose: str, mode: str = "") -> str | None:
        """The pin that is asked of the extension; None when it has none."""
        pin = self._said(whose, "pin", mode).value
        return None if pin is None else str(pin.get_secret_value())

    def _said(self, whose: str, name: str, mode: str) -> _Said:
        known = self._known.get((whose, name, mode))
        if known is None:
            known = self._known[whose, name, mode] = self._find(whose, name, mode)
        return known

    def _find(self, whose: str, name: str, mode: str) -> _Said:
        default = Calling.model_fields[name].default
        for calling, path, when in self._chain(whose, mode):
            if name in calling.model_fields_set:
                full = (*path, name)
                return _Said(getattr(calling, name), full, self._dialplan.line_of(full), when)
        if name == "outside" and whose in self._dialplan.offices:
            return _Said(False, (), self._dialplan.line_of(("offices", whose)))
        return _Said(default, (), None)

    def _chain(self, whose: str, mode: str) -> Iterator[tuple[Calling, KeyPath, str]]:
        """Who says what it may, the nearest first: itself, its class, its departments, their classes; and
        the mode in which it is so, in words."""
        plan = self._dialplan
        extension = plan.extensions.get(whose)
        if extension is None:
            if whose in plan.offices:
                yield plan.offices[whose].rights, ("offices", whose, "rights"), ""
            return
        yield extension.rights, ("extensions", whose, "rights"), ""
        yield from self._class(extension.class_of_service, mode)
        for department in plan.departments_of(whose):
            yield department.rights, ("departments", department.key, "rights"), ""
            yield from self._class(department.class_of_service, mode)

    def _class(self, said: ByMode | None, mode: str) -> Iterator[tuple[Calling, KeyPath, str]]:
        found = in_mode(said, mode)
        if found is not None and found[0] in self._dialplan.classes_of_service:
            when = f" in the mode {mode}" if found[1] and mode else ""
            yield self._dialplan.classes_of_service[found[0]], ("classes_of_service", found[0]), when

    def _spellings(self, number: str) -> tuple[str, ...]:
        if not self._country:
            return (number,)
        known = look_up(number, self._country, self._area)
        return number, known.e164, rewritten(number, "national", self._country, self._area)

    def _line(self, said: _Said, index: int) -> int | None:
        return self._dialplan.line_of((*said.path, index)) or said.line


def _fits(pattern: str, spellings: tuple[str, ...]) -> bool:
    if pattern.endswith("*"):
        return any(one.startswith(pattern[:-1]) for one in spellings)
    return pattern in spellings
