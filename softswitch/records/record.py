"""A call record: the rows of one call, as the database keeps them. tables.py says what columns mean."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import String, Table

from softswitch.records.tables import CALLS, LEGS, RECORDINGS, STEPS

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call: its row, and the rows below it."""

    call: Row
    legs: tuple[Row, ...]
    steps: tuple[Row, ...]
    recordings: tuple[Row, ...] = field(default=())


def _lengths(table: Table) -> dict[str, int]:
    return {
        column.name: column.type.length
        for column in table.columns
        if isinstance(column.type, String) and column.type.length is not None
    }


_LENGTHS: Final = {table: _lengths(table) for table in (CALLS, LEGS, STEPS, RECORDINGS)}


def fitted(table: Table, row: Row) -> Row:
    """The row with its texts cut to what their columns take, and without what no database takes."""
    for name, length in _LENGTHS[table].items():
        text = row[name]
        if text and (len(text) > length or not text.isprintable()):
            # Half a surrogate pair is no text in UTF-8, and NUL none in PostgreSQL.
            row[name] = text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
    return row
