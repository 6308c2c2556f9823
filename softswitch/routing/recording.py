"""Whether a call is recorded."""

from typing import Final

from softswitch.config import Dialplan
from softswitch.config.recording import RecordWhen

_RANK: Final[tuple[RecordWhen, ...]] = ("never", "on demand", "on demand from start", "always")


def when_recorded(dialplan: Dialplan, inside: tuple[str, ...], arrived: str, direction: str) -> RecordWhen:
    """The first that says anything, of the most special to the most general.

    `inside`: the extensions in the call; `arrived`: the outside number that was called, or empty;
    `direction`: in, out or inside.
    """
    settings = dialplan.recording
    people = [dialplan.extensions[number].record for number in inside if number in dialplan.extensions]
    bare = arrived.removeprefix("+")
    numbers = [when for number, when in settings.numbers.items() if bare and number.removeprefix("+") == bare]
    teams = [one.record for number in inside for one in dialplan.departments_of(number)]
    for level in (people, numbers, teams):
        said = [when for when in level if when is not None]
        if said:
            return max(said, key=_RANK.index)
    general: dict[str, RecordWhen] = {"in": settings.calls_in, "out": settings.calls_out}
    return general.get(direction, settings.calls_inside)


def records_any(dialplan: Dialplan) -> bool:
    """Whether any call may be recorded at all: where none is, no call is looked at."""
    settings = dialplan.recording
    said = {settings.calls_in, settings.calls_out, settings.calls_inside, *settings.numbers.values()}
    said.update(one.record or "never" for one in dialplan.extensions.values())
    said.update(one.record or "never" for one in dialplan.departments.values())
    return said != {"never"}
