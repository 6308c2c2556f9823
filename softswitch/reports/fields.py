"""The fields of a call that reports are asked for and filtered by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, exists, select

from softswitch.records.tables import CALLS, LEGS, STEPS
from softswitch.reports.result import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the calls, or what is computed from one."""

    expression: ColumnElement[Any]
    kind: Kind
    among: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None
    """For what a call has several of: whether one of them fits."""


def _one_of(table: Table, *conditions: ColumnElement[bool]) -> Callable[..., ColumnElement[bool]]:
    """Whether a call has a row there that fits."""
    return lambda fits: exists(select(table.c.call).where(table.c.call == CALLS.c.id, *conditions, fits))


_C: Final = CALLS.c
_L: Final = LEGS.c
_S: Final = STEPS.c
_KINDS: Final = {
    Kind.TIME: ("started_at", "answered_at", "ended_at"),
    Kind.SECONDS: ("waiting", "talking", "held"),
    Kind.COUNT: ("rings", "transfers", "status", "recordings"),
    Kind.NUMBER: ("jitter_ms", "round_trip_ms", "mos"),
    Kind.SHARE: ("loss",),
    Kind.MONEY: ("price",),
    Kind.TEXT: (
        *(
            "id",
            "direction",
            "caller",
            "caller_name",
            "called",
            "called_name",
            "trunk",
            "number_type",
            "destination",
        ),
        *("department", "queue", "scenario", "mode", "answered_by", "ended_by", "last_step", "outcome"),
        *("blame", "words", "codec", "currency", "price_list"),
    ),
}
FIELDS: Final[Mapping[str, Field]] = {
    **{name: Field(_C[name], kind) for kind, names in _KINDS.items() for name in names},
    "duration": Field(_C.ended_at - _C.started_at, Kind.SECONDS),
    "rang": Field(
        _L.number, Kind.TEXT, _one_of(LEGS, _L.direction == "outbound", _L.trunk == "", _L.nth > 0)
    ),
    "device": Field(_L.device, Kind.TEXT, _one_of(LEGS)),
    "place": Field(_S.place, Kind.TEXT, _one_of(STEPS, _S.place != "")),
    "step": Field(_S.place + "/" + _S.step, Kind.TEXT, _one_of(STEPS, _S.step != "")),
    "transferred_by": Field(_S.by, Kind.TEXT, _one_of(STEPS, _S.kind == "transfer")),
    "transferred_to": Field(_S.place, Kind.TEXT, _one_of(STEPS, _S.kind == "transfer")),
}
"""By the name that operators write."""
