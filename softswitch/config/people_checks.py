"""Whether what the file says of people fits together, and does something."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.people import SECRETARY
from softswitch.config.problems import Finding, KeyPath


def check_people(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds departments and secretaries that are none, and what would do nothing."""
    secretaries = [number for number, one in dialplan.extensions.items() if one.role == SECRETARY]
    for number, person in dialplan.extensions.items():
        path: KeyPath = ("extensions", number)
        if person.department is not None and person.department not in dialplan.departments:
            yield Finding(
                (*path, "department"),
                f"there is no department {person.department!r}",
                did_you_mean(person.department, dialplan.departments, "add it to departments"),
                value=person.department,
            )
        if person.secretary == number or (
            person.secretary is not None and person.secretary not in secretaries
        ):
            yield Finding(
                (*path, "secretary"),
                "he is his own secretary"
                if person.secretary == number
                else "nobody of that number has the role of a secretary",
                did_you_mean(person.secretary, secretaries, "give an extension role: secretary"),
                value=person.secretary,
            )
        if person.email is not None and person.voicemail is None:
            yield Finding(
                (*path, "email"),
                "nothing is sent there: messages are, and there is no box for them",
                "add voicemail: {}, or delete the address",
                value=person.email,
            )
        if person.greeting_name is not None and person.voicemail is None and not _is_spelled(dialplan):
            yield Finding(
                (*path, "greeting_name"),
                "nobody hears it: there is no box, and no menu in which names are spelled",
                "add voicemail: {}, or a menu with the key `names`",
                value=person.greeting_name,
            )
    for key in dialplan.departments:
        if key == SECRETARY or key.startswith(f"{SECRETARY} "):
            yield Finding(
                ("departments", key),
                "this name means the secretaries of the house",
                "choose another name",
                value=key,
                at_key=True,
            )


def _is_spelled(dialplan: Dialplan) -> bool:
    return any("names" in menu.keys.values() for menu in dialplan.menus.values())
