"""Whether what one part of the dialplan names stands in another."""

import re
from collections.abc import Iterator

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import said_at
from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.places import PlaceKind, Places
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.texts import OUTSIDE_PATTERN


def check_numbers_lead_somewhere(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds outside numbers that lead nowhere, or that are written twice in two forms."""
    seen: dict[str, str] = {}
    places = Places(dialplan)
    for outside, number in dialplan.numbers.items():
        bare = outside.removeprefix("+")
        if bare in seen:
            yield Finding(
                ("numbers", outside),
                f"this is {seen[bare]} once more, with and without +",
                "write it once, with +",
                value=outside,
                at_key=True,
            )
        seen.setdefault(bare, outside)
        for key, place in number.places.items():
            if places.named(place) is None and not _goes_out(dialplan, place):
                path: KeyPath = ("numbers", outside, key)
                if dialplan.line_of(path) is None:
                    path = path[:2]  # the short form
                yield Finding(path, *_nowhere(dialplan, places, place), value=place)


def check_trunk_numbers(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds numbers of trunks that lead nowhere, and prefixes that stand for codes."""
    known = {outside.removeprefix("+") for outside in dialplan.numbers}
    for key, trunk in dialplan.trunks.items():
        for index, outside in enumerate(trunk.numbers):
            if outside.removeprefix("+") not in known:
                yield Finding(
                    ("trunks", key, "numbers", index),
                    "calls to this number go nowhere",
                    f'add it to numbers, such as numbers: {{"{outside}": {next(iter(dialplan.extensions))}}}',
                    value=outside,
                    severity=Severity.WARNING,
                )
        if trunk.prefix is None:
            continue
        yield from _prefix_and_codes(dialplan, key, trunk.prefix)


def _prefix_and_codes(dialplan: Dialplan, key: str, prefix: str) -> Iterator[Finding]:
    for feature in type(dialplan.features).model_fields:
        code = getattr(dialplan.features, feature)
        if prefix and code and (code.startswith(prefix) or prefix.startswith(code)):
            yield Finding(
                ("trunks", key, "prefix"),
                f"this prefix cannot be told from {code}, the code of {feature}",
                "choose another prefix",
                value=prefix,
            )
            return


def check_places(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds forwarding, mobiles and announcements that lead nowhere."""
    places = Places(dialplan)
    for number, extension in dialplan.extensions.items():
        path: KeyPath = ("extensions", number)
        for name in ("always", "busy", "no_answer", "unregistered", "do_not_disturb"):
            for at, place in said_at(getattr(extension.forward, name), (*path, "forward", name)):
                if place == number:
                    yield Finding(at, "it forwards to itself", "name another", value=place)
                elif not _leads(places, place) and not _goes_out(dialplan, place):
                    yield Finding(at, *_nowhere(dialplan, places, place), value=place)
        mobile = extension.mobile
        if mobile is not None and (mobile == number or not _is_rung(dialplan, mobile)):
            yield Finding(
                (*path, "mobile"),
                "it is its own mobile" if mobile == number else "no trunk leads to this number",
                "write it as one would dial it: with a trunk's prefix, or with + and a trunk in the file",
                value=extension.mobile,
            )


def check_announcements(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds announcements after which callers go nowhere."""
    places = Places(dialplan)
    for key, announcement in dialplan.announcements.items():
        for at, place in said_at(announcement.then, ("announcements", key, "then")):
            if place != HANG_UP:
                yield from leads_somewhere(dialplan, places, at, place)


def check_paging(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds paging groups with members that are no extensions, and parking that is announced to no group."""
    for number, group in dialplan.paging.items():
        for index, member in enumerate(group.members):
            if member not in dialplan.extensions:
                yield Finding(
                    ("paging", number, "members", index),
                    "this is no extension of the file",
                    did_you_mean(member, dialplan.extensions, "name one that stands under extensions"),
                    value=member,
                )
    announce = dialplan.parking.announce
    if announce is not None and announce not in dialplan.paging:
        yield Finding(
            ("parking", "announce"),
            "this is no paging group of the file",
            did_you_mean(announce, dialplan.paging, "name the number of one that stands under paging"),
            value=announce,
        )


def leads_somewhere(dialplan: Dialplan, places: Places, at: KeyPath, place: str) -> Iterator[Finding]:
    """Finds a place that is neither in the file nor reached by a trunk: for places that send calls on."""
    if places.named(place) is None and not _goes_out(dialplan, place):
        yield Finding(at, *_nowhere(dialplan, places, place), value=place)


def check_ways_on(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds departments whose calls go nowhere when nobody takes them."""
    places = Places(dialplan)
    for key, department in dialplan.departments.items():
        for name in ("then", "when_nobody"):
            for path, place in said_at(getattr(department, name), ("departments", key, name)):
                if place in (key, department.number):
                    yield Finding(path, "this leads back to itself", "name another place", value=place)
                else:
                    yield from leads_somewhere(dialplan, places, path, place)


def _is_rung(dialplan: Dialplan, mobile: str) -> bool:
    """An extension may be somebody's mobile too: a cordless phone, a softphone."""
    return mobile in dialplan.extensions or _goes_out(dialplan, mobile)


def _leads(places: Places, place: str) -> bool:
    found = places.named(place)
    return found is not None and found.kind is not PlaceKind.CONFERENCE


def _goes_out(dialplan: Dialplan, place: str) -> bool:
    """Whether it can be dialled through a trunk, or at an office."""
    if any(office.number_for(place) is not None for office in dialplan.offices.values()):
        return True
    if place.startswith("+"):
        return bool(dialplan.trunks) and re.fullmatch(OUTSIDE_PATTERN[1:-1], place) is not None
    return any(
        trunk.prefix is not None
        and place.startswith(trunk.prefix)
        and re.fullmatch(OUTSIDE_PATTERN[1:-1], place[len(trunk.prefix) :]) is not None
        for trunk in dialplan.trunks.values()
    )


def _nowhere(dialplan: Dialplan, places: Places, place: str) -> tuple[str, str]:
    if place.startswith("+") and not dialplan.trunks:
        return "no trunk leads to this number", "add the carrier to trunks"
    return (
        f"{place!r} is no extension, department or other place of this file",
        did_you_mean(
            place,
            places.names,
            "name one that stands in the file, or an outside number with its prefix",
        ),
    )
