"""Whether offices can be told from each other, from trunks and from the numbers of the house."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.numbering import numbers_of
from softswitch.config.office import overlap, within
from softswitch.config.problems import Finding


def check_offices(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds offices named like trunks, and numbers that are two offices' or ours as well."""
    taken: list[tuple[str, str]] = []
    for key, office in dialplan.offices.items():
        if key in dialplan.trunks:
            yield Finding(
                ("offices", key), f"{key} is a trunk already", "choose another name", value=key, at_key=True
            )
        for index, numbers in enumerate(office.numbers):
            path = ("offices", key, "numbers", index)
            other = next((name for name, theirs in taken if overlap(numbers, theirs)), None)
            if other is not None:
                text = f"the office {other} has some of these numbers already"
                yield Finding(path, text, "choose other numbers, or a prefix", value=numbers)
            taken.append((key, numbers))
            ours = next((one for one in numbers_of(dialplan) if within(one.number, numbers)), None)
            if ours is not None:
                yield Finding(
                    path,
                    f"{ours.number} is {ours.words} here, so that nobody would reach the office's",
                    "choose other numbers, or dial the office by a prefix",
                    value=numbers,
                )
