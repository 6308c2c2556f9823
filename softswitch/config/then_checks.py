"""Whether a call that nobody takes comes to an end: departments, queues and announcements that send it on."""

from collections.abc import Iterator

from softswitch.config.by_mode import said_at
from softswitch.config.dialplan import Dialplan
from softswitch.config.problems import Finding, KeyPath, Severity

Sent = dict[str, list[tuple[KeyPath, str]]]


def check_then(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds calls that are sent round: they end where they have been before, with nobody reached."""
    sent: Sent = {
        key: list(said_at(section.then, (table, key, "then")))
        for table, entries in (
            ("departments", dialplan.departments),
            ("queues", dialplan.queues),
            ("announcements", dialplan.announcements),
        )
        for key, section in entries.items()
    }
    numbers = {
        section.number: key
        for entries in (dialplan.departments, dialplan.queues, dialplan.announcements)
        for key, section in entries.items()
        if section.number
    }
    told: set[frozenset[str]] = set()
    for start in sent:
        circle = _circle(sent, numbers, start)
        names = frozenset(circle)
        if not circle or names in told:
            continue
        told.add(names)
        path = sent[circle[0]][0][0]
        yield Finding(
            path,
            f"calls that nobody takes go round: {' - '.join((*circle, circle[0]))}",
            "the second time they end; send one of them to voicemail, an announcement or a person",
            severity=Severity.WARNING,
        )


def _circle(sent: Sent, numbers: dict[str, str], start: str) -> tuple[str, ...]:
    """The keys of a circle that `start` belongs to; empty for none."""
    trail, waiting = {start: ""}, [start]
    while waiting:
        here = waiting.pop()
        for _, place in sent[here]:
            key = numbers.get(place, place)
            if key == here:
                continue  # refused: see check_ways_on
            if key == start:
                found = [here]
                while trail[found[-1]]:
                    found.append(trail[found[-1]])
                return tuple(found[::-1])
            if key in sent and key not in trail:
                trail[key] = here
                waiting.append(key)
    return ()
