"""Which case of a scenario's branch a value is. Pure."""

import re
from collections.abc import Mapping, Sequence

from softswitch.routing.callers import same_number


def case_of(value: str, cases: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> str | None:
    """What stands behind the first case that fits; None when none does.

    A case is a text, one with * for anything, or the name of one of `lists`. Numbers are the same with a +
    or 00 before them and without; otherwise small and capital letters are.
    """
    for case, leads in cases.items():
        wanted = lists.get(case, (case,))
        if any(_fits(value, one) for one in wanted):
            return leads
    return None


def _fits(value: str, wanted: str) -> bool:
    if "*" not in wanted:
        return value.casefold() == wanted.casefold() or (_is_number(wanted) and same_number(value, wanted))
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.fullmatch(pattern, value, re.IGNORECASE | re.DOTALL) is not None


def _is_number(text: str) -> bool:
    return text.removeprefix("+").isdigit()
