"""Whether rights, classes of service, country and emergency numbers fit each other."""

from collections.abc import Iterator

from softswitch.config.by_mode import said_at
from softswitch.config.calling import Calling
from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.numbering import numbers_of
from softswitch.config.problems import Finding, KeyPath

_COUNTRY = "add country: with its two letters, such as country: DE"


def callings_of(dialplan: Dialplan) -> Iterator[tuple[KeyPath, Calling]]:
    """Every place of the file that says who may call what."""
    for number, extension in dialplan.extensions.items():
        yield ("extensions", number, "rights"), extension.rights
    for key, department in dialplan.departments.items():
        yield ("departments", key, "rights"), department.rights
    for key, office in dialplan.offices.items():
        yield ("offices", key, "rights"), office.rights
    for key, one in dialplan.classes_of_service.items():
        yield ("classes_of_service", key), one


def check_classes_of_service(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds classes of service that are named and are none."""
    known = dialplan.classes_of_service
    tables = (("extensions", dialplan.extensions), ("departments", dialplan.departments))
    for table, entries in tables:
        for key, entry in entries.items():
            for path, name in said_at(entry.class_of_service, (table, key, "class_of_service")):
                if name not in known:
                    yield Finding(
                        path,
                        f"there is no class of service {name!r}",
                        did_you_mean(name, known, "add it to classes_of_service"),
                        value=name,
                    )


def check_country(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds what only the country could tell."""
    if dialplan.country is not None:
        return
    if dialplan.area_code is not None:
        yield Finding(("area_code",), "an area code of which country?", _COUNTRY, value=dialplan.area_code)
    for path, calling in callings_of(dialplan):
        for name in ("outside", "pin_for", "deny"):
            if isinstance(getattr(calling, name), tuple) and getattr(calling, name):
                text = "without the country nobody knows what a number is, nor how else it is written"
                yield Finding((*path, name), text, _COUNTRY, value=", ".join(getattr(calling, name)))
    for key, trunk in dialplan.trunks.items():
        if trunk.format != "as_dialled":
            yield Finding(
                ("trunks", key, "format"),
                "without the country no number can be written another way",
                _COUNTRY,
                value=trunk.format,
            )


def check_emergency_numbers(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds numbers of the house that would hide an emergency number."""
    emergency = dialplan.emergency_numbers
    for one in numbers_of(dialplan):
        if one.number in emergency:
            yield Finding(
                one.path,
                f"{one.number} is an emergency number, which must reach the emergency services",
                "choose another number",
                value=one.number,
                at_key=len(one.path) == 2,
            )
