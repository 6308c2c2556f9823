"""What calls have cost, by each of the dimensions, counted from the records themselves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Numeric, Select, String, and_, case, cast, func, literal, select

from softswitch.records.expressions import constant, quarter
from softswitch.records.tables import CALLS

Where = Sequence[ColumnElement[bool]]
_C: Final = CALLS.c
PREFIX: Final = 4
"""Characters of a number in the international form that tell its country: + and three digits."""

COST_DIMENSIONS: Final[Mapping[str, tuple[ColumnElement[str], Mapping[str, str]]]] = {
    "person": (case((_C.direction == constant("'in'"), _C.answered_by), else_=_C.caller), {}),
    "trunk": (_C.trunk, {"trunk": "part"}),
    # The beginning is enough, and every number on its own would be no sum.
    "destination": (
        case(
            (_C.direction != constant("'out'"), constant("''")),
            (_C.destination == constant("''"), constant("'0'")),
            else_=func.substr(_C.destination, constant("1"), constant(str(PREFIX))),
        ),
        {},
    ),
    "type": (_C.number_type, {"number_type": "part"}),
    "price-list": (_C.price_list, {"price_list": "part"}),
    "month": (cast(quarter(_C.started_at), String(64)), {}),
}
"""What a part is, and the fields of calls that it is."""


def cost_rows(part: ColumnElement[str]) -> Callable[[Where], Select[Any]]:
    """By part and currency; calls inside the house are left out."""

    def rows(where: Where) -> Select[Any]:
        return (
            select(
                part.label("part"),
                _C.currency,
                func.count().label("calls"),
                func.count(_C.price).label("priced"),
                func.sum(_C.talking).label("talking"),
                func.coalesce(func.sum(_C.price), literal(0, Numeric(18, 4))).label("price"),
            )
            .where(and_(*where, _C.direction != "inner"))
            .group_by(part, _C.currency)
        )

    return rows
