"""Where calls out went, as numbering plans know it: not as somebody dialled it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from softswitch.records.record import CallRecord  # and SQLAlchemy with it


class Dialled(NamedTuple):
    """A number as price lists know it."""

    number: str
    """As in E.164 with its +, or as it is where that cannot be told."""
    kind: str
    """Its class: local, mobile …; empty where that cannot be told."""


Look = Callable[[str], Dialled]


def destination_of(legs: Iterable[Mapping[str, Any]], called: str, look: Look) -> Dialled:
    """Of a call out: by its leg on a trunk, else by what was dialled. Not in E.164: without a number."""
    numbers = (leg["number"] for leg in legs if leg["trunk"] and leg["direction"] == "outbound")
    found = look(next(numbers, called))
    return found if found.number.startswith("+") else found._replace(number="")


def put_destination(record: "CallRecord", look: Look) -> None:
    """Writes into the record of a call out where it went."""
    row = record.call
    if row["direction"] == "out":
        found = destination_of(record.legs, row["called"], look)
        row.update(destination=found.number, number_type=found.kind or row["number_type"])
