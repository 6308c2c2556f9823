"""Sections whose keys the operator chooses: extensions by number, departments by name, and so on."""

from collections.abc import Mapping
from typing import Final

from pydantic import BeforeValidator

from softswitch.config.announcement import AnnouncementPlace
from softswitch.config.call_test import CallTest
from softswitch.config.calling import ClassOfService
from softswitch.config.conference import Conference
from softswitch.config.department import Department
from softswitch.config.direct_number import DirectNumber
from softswitch.config.extension import Extension
from softswitch.config.fax import FaxPlace
from softswitch.config.menu import Menu
from softswitch.config.mode import Mode
from softswitch.config.music import MusicClass
from softswitch.config.office import Office
from softswitch.config.paging import PagingGroup
from softswitch.config.price_list import PriceList
from softswitch.config.queue import Queue
from softswitch.config.scenario import Scenario
from softswitch.config.section import Section
from softswitch.config.trunk import Trunk

TABLES: Final[dict[str, type[Section]]] = {
    "extensions": Extension,
    "departments": Department,
    "conferences": Conference,
    "paging": PagingGroup,
    "menus": Menu,
    "queues": Queue,
    "announcements": AnnouncementPlace,
    "scenarios": Scenario,
    "faxes": FaxPlace,
    "trunks": Trunk,
    "offices": Office,
    "classes_of_service": ClassOfService,
    "music": MusicClass,
    "modes": Mode,
    "numbers": DirectNumber,
    "price_lists": PriceList,
    "tests": CallTest,
}
"""The dialplan's field, and the model of each entry."""
KEY_FIELDS: Final[dict[str, str]] = {
    "extensions": "number",
    "departments": "key",
    "conferences": "number",
    "paging": "number",
    "menus": "key",
    "queues": "key",
    "announcements": "key",
    "scenarios": "key",
    "faxes": "key",
    "trunks": "key",
    "offices": "key",
    "classes_of_service": "key",
    "music": "key",
    "modes": "key",
    "numbers": "number",
    "price_lists": "key",
    "tests": "key",
}
"""The field of the entry that its key fills; in the file it stands nowhere else."""


def key_field(model: type[Section]) -> str | None:
    """The field that the key fills, for an entry of a table; None for any other section."""
    return next((KEY_FIELDS[name] for name, kind in TABLES.items() if kind is model), None)


def with_keys(table: str) -> BeforeValidator:
    """Gives each entry its key."""
    field = KEY_FIELDS[table]

    def fill(value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {
            key: {**entry, field: key} if isinstance(entry, dict) else entry for key, entry in value.items()
        }

    return BeforeValidator(fill)
