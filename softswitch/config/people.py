"""People: whose department is whose, and the secretaries, who are a place for calls."""

from collections.abc import Mapping
from typing import Any, Final

from softswitch.config.department import Department
from softswitch.config.extension import Extension
from softswitch.config.integers import as_written
from softswitch.config.member import Member

SECRETARY: Final = "secretary"
"""The place of all whose role it is; with a number behind it, that of the person's own secretary."""


def with_their_people(data: Any) -> Any:
    """The file, with each person among the members of the department that he says is his.

    What cannot be read is left as it is: the models tell what is wrong with it.
    """
    if not isinstance(data, Mapping):
        return data
    people, departments = data.get("extensions"), data.get("departments")
    if not isinstance(people, Mapping) or not isinstance(departments, Mapping):
        return data
    more: dict[str, list[str]] = {}
    for number, person in people.items():
        key = person.get("department") if isinstance(person, Mapping) else None
        if isinstance(key, str) and isinstance(departments.get(key), Mapping):
            more.setdefault(key, []).append(number)
    if not more:
        return data
    filled = dict(departments)
    for key, numbers in more.items():
        members = departments[key].get("members", ())
        if isinstance(members, list | tuple):
            known = {_number(one) for one in members}
            filled[key] = {
                **departments[key],
                "members": (*members, *(one for one in numbers if one not in known)),
            }
    return {**data, "departments": filled}


def _number(member: Any) -> Any:
    return as_written(member.get("extension") if isinstance(member, Mapping) else member)


def secretaries_of(extensions: Mapping[str, Extension]) -> Department | None:
    """See Dialplan.secretaries. All of them ring."""
    members = tuple(Member(extension=number) for number, one in extensions.items() if one.role == SECRETARY)
    if not members:
        return None
    return Department(key=SECRETARY, name="Secretary", members=members, display="caller")
