"""Whether the members of departments and queues are people of the house, and nothing said of them is idle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from softswitch.config.dialplan import Dialplan
from softswitch.config.member import STRATEGIES, Member
from softswitch.config.names import did_you_mean
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.ring_strategy import Strategy


@dataclass(frozen=True, slots=True)
class _Group:
    """A department or a queue."""

    path: KeyPath
    field: str
    """Where its members stand."""
    members: Sequence[Member]
    ring: Strategy
    skill: str | None


def _groups(dialplan: Dialplan) -> Iterator[_Group]:
    for key, department in dialplan.departments.items():
        path = ("departments", key)
        yield _Group(path, "members", department.members, department.ring, department.skill)
    for key, queue in dialplan.queues.items():
        yield _Group(("queues", key), "agents", queue.agents, queue.ring, queue.skill)


def check_members(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds members that are no extensions or stand there twice, and figures that nothing looks at."""
    for group in _groups(dialplan):
        seen: set[str] = set()
        for index, member in enumerate(group.members):
            path, number = (*group.path, group.field, index), member.extension
            if number not in dialplan.extensions:
                yield Finding(
                    path,
                    f"there is no extension {number}",
                    did_you_mean(number, dialplan.extensions, "list numbers that stand in extensions"),
                    value=number,
                )
            elif number in seen:
                yield Finding(path, f"{number} is listed twice", "list it once", value=number)
            seen.add(number)
            for figure, strategies in STRATEGIES.items():
                if getattr(member, figure) is not None and group.ring not in strategies:
                    yield Finding(
                        path,
                        f"ring: {group.ring} looks at nobody's {figure}",
                        f"leave it out, or write ring: {' or '.join(strategies)}",
                        value=number,
                    )
        yield from _skills(dialplan, group)


def _skills(dialplan: Dialplan, group: _Group) -> Iterator[Finding]:
    people = [
        dialplan.extensions[one.extension] for one in group.members if one.extension in dialplan.extensions
    ]
    if group.skill is not None and group.ring != "by skill":
        yield Finding(
            (*group.path, "skill"),
            f"ring: {group.ring} looks at nobody's skills",
            "leave it out, or write ring: by skill",
            value=group.skill,
        )
    elif group.skill is not None and not any(group.skill in one.skills for one in people):
        known = sorted({skill for one in people for skill in one.skills})
        yield Finding(
            (*group.path, "skill"),
            f"nobody of them has the skill {group.skill}",
            did_you_mean(group.skill, known, f"give it to them: skills: {{{group.skill}: 5}}"),
            value=group.skill,
        )
    elif group.ring == "by skill" and group.skill is None and all(one.skill is None for one in group.members):
        yield Finding(
            (*group.path, "ring"),
            "nobody's skill is known here",
            "name one of the extensions' skills by skill:, or write members as {extension: 101, skill: 5}",
            value=group.ring,
        )


def check_skills_are_used(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds skills of people that no department or queue asks for."""
    wanted = {group.skill for group in _groups(dialplan)}
    for number, extension in dialplan.extensions.items():
        for skill in extension.skills:
            if skill not in wanted:
                yield Finding(
                    ("extensions", number, "skills", skill),
                    f"no department or queue asks for the skill {skill}",
                    "name it there: ring: by skill, skill: " + skill,
                    value=skill,
                    severity=Severity.WARNING,
                    at_key=True,
                )
