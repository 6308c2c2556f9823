"""Places: where a call may be sent. A number, a menu's key, a forwarding all name one, in one grammar.

Each kind of place that the file can hold has its line in `places_of`; what names a place asks `Places`, and
so learns the new kind by itself.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from softswitch.config.announcement import AnnouncementPlace
from softswitch.config.dialplan import Dialplan
from softswitch.config.direct import direct_number
from softswitch.config.disa import DISA
from softswitch.config.fax import FaxPlace
from softswitch.config.people import SECRETARY
from softswitch.config.problems import KeyPath
from softswitch.config.queue import Queue
from softswitch.config.voicemail import ACCESS, PREFIX


class PlaceKind(enum.Enum):
    """What a place is. The value is the word that users and records see."""

    EXTENSION = "extension"
    DEPARTMENT = "department"
    CONFERENCE = "conference"
    PAGING = "paging group"
    MENU = "menu"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    ANNOUNCEMENT = "announcement"
    SCENARIO = "scenario"
    DISA = "disa"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One place of the dialplan."""

    kind: PlaceKind
    key: str
    """How its table in the file knows it: an extension's number, a department's key."""
    name: str
    """What people call it."""
    path: KeyPath
    """Where it stands in the file."""
    number: str | None = None
    """What is dialled to reach it; None for what is reached by its key only."""

    @property
    def words(self) -> str:
        """The kind and the name, for reasons and messages."""
        of = "of " if self.kind in (PlaceKind.EXTENSION, PlaceKind.VOICEMAIL) else ""
        return f"the {self.kind.value} {of}{self.name}"


def places_of(dialplan: Dialplan) -> Iterator[NamedPlace]:
    """Every place in the file, in the order in which one is preferred when two are called alike."""
    for number, extension in dialplan.extensions.items():
        yield NamedPlace(PlaceKind.EXTENSION, number, extension.name, ("extensions", number), number)
    yield from _departments(dialplan)
    for number, conference in dialplan.conferences.items():
        yield NamedPlace(PlaceKind.CONFERENCE, number, conference.name, ("conferences", number), number)
    for number, group in dialplan.paging.items():
        yield NamedPlace(PlaceKind.PAGING, number, group.name, ("paging", number), number)
    for key, menu in dialplan.menus.items():
        yield NamedPlace(PlaceKind.MENU, key, menu.name, ("menus", key), menu.number)
    for key, scenario in dialplan.scenarios.items():
        yield NamedPlace(PlaceKind.SCENARIO, key, scenario.name, ("scenarios", key), scenario.number)
    if dialplan.disa is not None:
        yield NamedPlace(PlaceKind.DISA, DISA, dialplan.disa.name, (DISA,), dialplan.disa.number)
    others: tuple[tuple[PlaceKind, str, Mapping[str, Queue | AnnouncementPlace | FaxPlace]], ...] = (
        (PlaceKind.QUEUE, "queues", dialplan.queues),
        (PlaceKind.ANNOUNCEMENT, "announcements", dialplan.announcements),
        (PlaceKind.FAX, "faxes", dialplan.faxes),
    )
    for kind, table, entries in others:
        for key, one in entries.items():
            yield NamedPlace(kind, key, one.name, (table, key), one.number)
    yield from _boxes(dialplan)


def _departments(dialplan: Dialplan) -> Iterator[NamedPlace]:
    """Those of the file, and the secretaries of the house."""
    kind = PlaceKind.DEPARTMENT
    for key, department in dialplan.departments.items():
        yield NamedPlace(kind, key, department.name, ("departments", key), department.number)
    if dialplan.secretaries is not None:
        path = ("extensions", dialplan.secretaries.extensions[0])
        yield NamedPlace(kind, SECRETARY, dialplan.secretaries.name, path)


def _boxes(dialplan: Dialplan) -> Iterator[NamedPlace]:
    """Voicemail, and where boxes are opened from outside."""
    kind, with_pin = PlaceKind.VOICEMAIL, False
    for number, extension in dialplan.extensions.items():
        if extension.voicemail is not None:
            with_pin |= extension.voicemail.pin is not None
            path = ("extensions", number, "voicemail")
            direct = direct_number(dialplan, number)
            yield NamedPlace(kind, PREFIX + number, extension.name, path, direct)
    for key, department in dialplan.departments.items():
        if department.voicemail is not None:
            with_pin |= department.voicemail.pin is not None
            path = ("departments", key, "voicemail")
            direct = direct_number(dialplan, department.number) if department.number else None
            yield NamedPlace(kind, PREFIX + key, department.name, path, direct)
    if with_pin:
        yield NamedPlace(kind, ACCESS, "all boxes", ("voicemail",))


class Places:
    """One dialplan's places, by what names them. Building it looks at the whole file; asking is a look-up."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._by_name: dict[str, NamedPlace] = {}
        self._by_number: dict[str, NamedPlace] = {}
        for place in places_of(dialplan):
            self._by_name.setdefault(place.key, place)
            if place.number is not None:
                self._by_number.setdefault(place.number, place)
        for name, number in dialplan.secretary_places.items():
            if number in self._by_number:
                self._by_name.setdefault(name, self._by_number[number])

    def named(self, name: str) -> NamedPlace | None:
        """The place that the file means by that number or key; None for an outside number, or nothing."""
        return self._by_number.get(name) or self._by_name.get(name)

    def dialled(self, number: str) -> NamedPlace | None:
        """The place that a phone reaches by dialling that."""
        return self._by_number.get(number)

    @property
    def names(self) -> frozenset[str]:
        """All numbers and keys, for "did you mean"."""
        return frozenset((*self._by_name, *self._by_number))
