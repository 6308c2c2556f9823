"""Whether everything that can be dialled can be told apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from softswitch.config.dialplan import Dialplan
from softswitch.config.feature import DIALLED, IN_CALL, Feature
from softswitch.config.places import places_of
from softswitch.config.problems import Finding, KeyPath, Severity


@dataclass(frozen=True, slots=True)
class Dialable:
    """A number of the house: its place in the file, and what it is, in words."""

    number: str
    path: KeyPath
    words: str


def numbers_of(dialplan: Dialplan) -> Iterator[Dialable]:
    """Every number that can be dialled without a code. Those that the file writes itself come first."""
    for place in places_of(dialplan):
        if place.number is not None:
            of_its_own = place.number == place.key
            path = place.path if of_its_own else (*place.path, "number")
            yield Dialable(place.number, path, place.words)
    if dialplan.parking.number is not None:
        yield Dialable(dialplan.parking.number, ("parking", "number"), "the number for parking")
        for orbit in dialplan.parking.places:
            yield Dialable(orbit, ("parking", "orbits"), f"one of the orbits {dialplan.parking.orbits}")


def check_numbers(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds numbers that stand for two things. A default that is in the way is told where it stands in it."""
    taken: dict[str, Dialable] = {}
    told: set[KeyPath] = set()
    for one in numbers_of(dialplan):
        other = taken.setdefault(one.number, one)
        if other is one or one.path in told:
            continue
        written = dialplan.line_of(one.path) is not None
        at, what = (one, other) if written else (other, one)
        remedy = "choose another number"
        if not written:
            remedy += ", or write parking: {number: off}, or another number and orbits there"
        told.add(at.path)
        yield Finding(
            at.path,
            f"{one.number} is {what.words} already",
            remedy,
            value=at.number,
            at_key=len(at.path) == 2,
        )


def check_codes(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds codes that cannot be told from other codes or from numbers."""
    numbers = {one.number: one for one in numbers_of(dialplan)}
    codes = {feature: code for feature in DIALLED if (code := dialplan.features.code(feature)) is not None}
    codes.pop(Feature.VOICEMAIL_TO, None)  # the numbers behind it are numbers of their own: see direct.py
    for feature, code in codes.items():
        if code in numbers:
            yield _at(dialplan, feature, code, f"{code} is {numbers[code].words}")
    for (one, code), (other, longer) in permutations(codes.items(), 2):
        if code == longer:
            if _may_share(one, other) or not _later(dialplan, one, other):
                continue
            yield _at(dialplan, one, code, f"{code} is the code of {other.value} already")
        elif one.takes_argument and longer.startswith(code):
            yield from _hidden(dialplan, one, other, longer, numbers)
    yield from _numbers_behind_codes(dialplan, codes, numbers)
    yield from _pressed(dialplan)


def _may_share(one: Feature, other: Feature) -> bool:
    """`*8` alone and `*8102` are two halves of one habit; any other two would be mistaken for each other."""
    return {one, other} == {Feature.PICKUP, Feature.PICKUP_GROUP}


def _later(dialplan: Dialplan, one: Feature, other: Feature) -> bool:
    """Of two that collide, whether this is the one to tell: what the file writes, else what comes later."""
    place = [dialplan.line_of(("features", feature.value)) or 0 for feature in (one, other)]
    order = list(Feature)
    return (place[0], order.index(one)) > (place[1], order.index(other))


def _hidden(
    dialplan: Dialplan, one: Feature, other: Feature, longer: str, numbers: dict[str, Dialable]
) -> Iterator[Finding]:
    """Numbers that cannot follow a code since the two together are, or begin with, a longer code."""
    code = dialplan.features.code(one) or ""
    rest = longer[len(code) :]
    found = next(
        (number for number in numbers if _is_hidden(dialplan, other, rest, number)),
        None,
    )
    if found is None:
        return
    message = f"{longer} is {other.value}, so {one.value} ({code}) cannot be followed by {found}"
    if any(dialplan.line_of(("features", feature.value)) for feature in (one, other)):
        feature = one if _later(dialplan, one, other) else other
        yield _at(dialplan, feature, dialplan.features.code(feature) or "", message)
    else:
        # Both codes are the defaults: the number is good, and only this code does not reach it.
        yield Finding(
            numbers[found].path,
            message,
            f"set another code for {one.value} or {other.value} in features, or another number",
            value=found,
            severity=Severity.WARNING,
            at_key=len(numbers[found].path) == 2,
        )


def _is_hidden(dialplan: Dialplan, other: Feature, rest: str, number: str) -> bool:
    """Whether the number behind the shorter code is taken for the longer one, `other`."""
    if other is Feature.INTERCOM:  # it is taken only when an extension follows
        return number.startswith(rest) and number[len(rest) :] in dialplan.extensions
    return number == rest or (other.takes_argument and number.startswith(rest))


def _numbers_behind_codes(
    dialplan: Dialplan, codes: dict[Feature, str], numbers: dict[str, Dialable]
) -> Iterator[Finding]:
    """Codes of digits that make, with a number behind them, another number."""
    for feature, code in codes.items():
        if not feature.takes_argument or not code[0].isdigit():
            continue
        for number, what in numbers.items():
            if number.startswith(code) and number[len(code) :] in numbers:
                message = f"{number} is {what.words}, and {code} followed by {number[len(code) :]} as well"
                yield _at(dialplan, feature, code, message)
                break


def _pressed(dialplan: Dialplan) -> Iterator[Finding]:
    """Codes that are pressed key by key: none may be the beginning of another."""
    codes = {feature: code for feature in IN_CALL if (code := dialplan.features.code(feature)) is not None}
    for (one, code), (other, longer) in permutations(codes.items(), 2):
        if code == longer and _later(dialplan, one, other):
            yield _at(dialplan, one, code, f"{code} is the code of {other.value} already")
        elif code != longer and longer.startswith(code):
            feature = one if _later(dialplan, one, other) else other
            message = f"{code} ({one.value}) is taken before {longer} ({other.value}) can be pressed"
            yield _at(dialplan, feature, dialplan.features.code(feature) or "", message)


def _at(dialplan: Dialplan, feature: Feature, code: str, message: str) -> Finding:
    remedy = f'choose another code, such as "{feature.code}", or write off'
    if code == feature.code:
        remedy = "choose another code, or write off"
    return Finding(("features", feature.value), message, remedy, value=code)
