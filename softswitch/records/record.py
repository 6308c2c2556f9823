"""A call record: the rows of one call, as the database keeps them. tables.py says what columns mean."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter, le
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
_TEXTS: Final[dict[Table, tuple[Callable[[Row], tuple[str, ...]], tuple[int, ...]]]] = {
    table: (itemgetter(*lengths), tuple(lengths.values())) for table, lengths in _LENGTHS.items()
}


def fitted(table: Table, row: Row) -> Row:
    """The row with its texts cut to what their columns take, and without what no database takes."""
    texts_of, lengths = _TEXTS[table]
    texts = texts_of(row)
    if "".join(texts).isprintable() and all(map(le, map(len, texts), lengths)):
        return row  # as nearly always
    for name, length in _LENGTHS[table].items():
        text = row[name]
        if text and (len(text) > length or not text.isprintable()):
            # Half a surrogate pair is no text in UTF-8, and NUL none in PostgreSQL.
            row[name] = text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
    return row
