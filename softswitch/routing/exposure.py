"""Every way from outside to what costs money: who can be made to call there, and who lets it happen. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from softswitch.config import Dialplan, Feature
from softswitch.config.by_mode import said_at
from softswitch.config.disa import DISA
from softswitch.config.problems import KeyPath
from softswitch.config.ways import Way, reachable
from softswitch.routing.decision import CallFacts, Ring
from softswitch.routing.imagined import Imagined
from softswitch.routing.router import Router


@dataclass(frozen=True, slots=True)
class Exposed:
    """A way out."""

    how: str
    """By the file, a pin, forwarding, the mobile, by code or transfer."""
    who: str
    """Who may use it, or be used for it."""
    where: str
    """The number outside, or what it may be."""
    came_by: tuple[str, ...]
    """The outside numbers, or the office, by which a caller gets there; empty where none leads there."""
    line: int | None
    """Of the file; None for what holds by default."""


def exposures(dialplan: Dialplan) -> Iterator[Exposed]:
    """All of them. A way that rights close is none."""
    router = Router(dialplan)
    came_by: dict[Way, list[str]] = {}
    phones: dict[str, list[str]] = {}
    by_pin: list[str] = []
    for number in dialplan.numbers:
        ways, places = reachable(dialplan, ("numbers", number))
        for way in ways:
            if _is_paid(router, way):
                came_by.setdefault(way, []).append(number)
        for path in places:
            if path == (DISA,):
                by_pin.append(number)
                continue
            for phone in _phones(dialplan, path):
                phones.setdefault(phone, []).append(number)
    for way, found in came_by.items():
        line = dialplan.line_of.around(way.path)
        yield Exposed("the file itself", f"any caller, {way.label}", way.target, tuple(found), line)
    if dialplan.disa is not None:
        yield from _by_pin(router, tuple(dict.fromkeys(by_pin)))
    yield from _by_office(router)
    for phone in dialplan.extensions:
        yield from _of_phone(router, phone, tuple(dict.fromkeys(phones.get(phone, ()))))


def _of_phone(router: Router, phone: str, numbers: tuple[str, ...]) -> Iterator[Exposed]:
    """By the hands, or the settings, of one extension."""
    dialplan = router.dialplan
    extension = dialplan.extensions[phone]
    path = ("extensions", phone)
    for name in type(extension.forward).model_fields:
        if name == "after":
            continue
        for at, place in said_at(getattr(extension.forward, name), (*path, "forward", name)):
            if _goes_out(router, CallFacts(phone, place)):
                how = ", ".join(str(part).replace("_", " ") for part in ("forwarding", *at[3:]))
                yield Exposed(how, phone, place, numbers, dialplan.line_of.around(at))
    if (
        extension.mobile
        and extension.mobile_ring != "off"
        and _goes_out(router, CallFacts(phone, extension.mobile))
    ):
        line = dialplan.line_of((*path, "mobile"))
        yield Exposed("the mobile that rings along", phone, extension.mobile, numbers, line)
    outside = _may_call(router, CallFacts(phone, ""))
    if not outside:
        return
    line = dialplan.line_of(path)
    if dialplan.features.code(Feature.FORWARD_ALWAYS):
        yield Exposed("forwarding by code", phone, outside, numbers, line)
    # The phone's own key transfers too, so that no code has to be there for it.
    yield Exposed("transfer", phone, outside, numbers, line)


def _by_pin(router: Router, numbers: tuple[str, ...]) -> Iterator[Exposed]:
    """Whoever calls from outside and has an extension's pin, with that extension's rights."""
    for phone, extension in router.dialplan.extensions.items():
        if extension.disa_pin is not None and (outside := _may_call(router, CallFacts(phone, ""))):
            who = f"whoever knows the pin of {phone}"
            line = router.dialplan.line_of(("extensions", phone, "disa_pin"))
            yield Exposed("an outside line by pin (disa)", who, outside, numbers, line)


def _by_office(router: Router) -> Iterator[Exposed]:
    """The people of another office, through our lines."""
    for office in router.dialplan.offices:
        if outside := _may_call(router, CallFacts("", "", trunk=office)):
            line = router.dialplan.line_of(("offices", office, "rights"))
            yield Exposed("another office's calls out", f"anybody in {office}", outside, (office,), line)


def _is_paid(router: Router, way: Way) -> bool:
    """Whether it leads to the telephone network; those of extensions are told with their phone."""
    return way.place is None and way.source[0] != "extensions" and not router.offices.is_complete(way.target)


def _phones(dialplan: Dialplan, path: KeyPath) -> tuple[str, ...]:
    """Those that ring there, or are rung by their number there."""
    table, key = str(path[0]), str(path[-1])
    if len(path) != 2:
        return ()  # voicemail rings nobody
    if table == "extensions":
        return (key,)
    if table == "departments":
        return dialplan.departments_by_name[key].extensions
    if table == "queues":
        return tuple(agent.extension for agent in dialplan.queues[key].agents)
    menu = dialplan.menus.get(key) if table == "menus" else None
    return tuple(dialplan.extensions) if menu is not None and menu.extensions else ()


_KINDS = {
    "a number abroad": "+14155550123",
    "a premium number": "+491900123456",
    "a number in Germany": "+4930901820",
}


def _may_call(router: Router, who: CallFacts) -> str:
    """What kinds of numbers he may call, in words; empty for none."""
    found = [words for words, number in _KINDS.items() if _goes_out(router, who._replace(called=number))]
    return "any number" if len(found) == len(_KINDS) else ", ".join(found)


def _goes_out(router: Router, facts: CallFacts) -> bool:
    """Whether it does in any mode."""
    if not router.dialplan.trunks:
        return False
    modes = tuple(router.dialplan.modes) or ("",)
    return any(isinstance(router.outside.ring(facts, Imagined(forced=mode)), Ring) for mode in modes)
