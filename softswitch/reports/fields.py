"""The fields of a call that reports are asked for and filtered by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement

from softswitch.records.tables import CALLS
from softswitch.reports.result import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the calls, or what is computed from one."""

    expression: ColumnElement[Any]
    kind: Kind


_C: Final = CALLS.c
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
}
"""By the name that operators write."""
