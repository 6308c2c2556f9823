"""Calls, one a row."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from softswitch.records.tables import CALLS, RECORDINGS
from softswitch.reports.result import Column, Kind, Result
from softswitch.reports.selection import Selection

COLUMNS = (
    Column("id", "Call"),
    Column("started_at", "Began", Kind.TIME),
    Column("direction", "Direction"),
    Column("caller", "From"),
    Column("caller_name", "Caller"),
    Column("called", "To"),
    Column("called_name", "Called"),
    Column("trunk", "Trunk"),
    Column("number_type", "Kind"),
    Column("destination", "Destination"),
    Column("department", "Department"),
    Column("queue", "Queue"),
    Column("scenario", "Scenario"),
    Column("answered_by", "Answered by"),
    Column("waiting", "Waiting", Kind.SECONDS),
    Column("talking", "Talking", Kind.SECONDS),
    Column("transfers", "Transfers", Kind.COUNT),
    Column("last_step", "Last step"),
    Column("outcome", "Outcome"),
    Column("blame", "Side"),
    Column("words", "In words"),
    Column("mos", "MOS", Kind.NUMBER),
    Column("price", "Price", Kind.MONEY),
    Column("currency", "Currency"),
    Column("files", "Recordings"),
)


_PORTION: Final = 1000
"""Calls in memory at once, where all are written out one after the other."""


def calls(connection: Connection, selection: Selection, limit: int) -> Result:
    """The latest first, `limit` of them at the most (0: all), each with the files of its recordings."""
    query = _query(selection)
    if limit:
        query = query.limit(limit + 1)
    found = [dict(row._mapping) for row in connection.execute(query)]
    notes: tuple[str, ...] = ()
    if limit and len(found) > limit:
        found.pop()
        notes = (f"These are the latest {limit}; --limit 0 shows all.",)
    _add_recordings(connection, found)
    return Result("calls", "Calls", COLUMNS, found, notes)


def stream(connection: Connection, selection: Selection, limit: int) -> Iterator[dict[str, object]]:
    """The same rows, a portion at a time: however many there are, they need no memory."""
    query = _query(selection).limit(limit or None)
    rows = connection.execution_options(yield_per=_PORTION).execute(query)
    for portion in rows.partitions():
        found = [dict(row._mapping) for row in portion]
        _add_recordings(connection, found)
        yield from found


def _query(selection: Selection) -> Select[Any]:
    names = [column.key for column in COLUMNS if column.key != "files"]
    query = select(*(CALLS.c[name] for name in names), CALLS.c.recordings).where(*selection.where())
    return query.order_by(CALLS.c.started_at.desc(), CALLS.c.id)


def _add_recordings(connection: Connection, rows: list[dict[str, object]]) -> None:
    wanted = [row["id"] for row in rows if row["recordings"]]
    files: dict[object, list[str]] = {}
    for at in range(0, len(wanted), 500):  # databases limit how many values a statement binds
        part = wanted[at : at + 500]
        c = RECORDINGS.c
        query = select(c.call, c.file, c.deleted_at).where(c.call.in_(part))
        for call, file, deleted_at in connection.execute(query.order_by(c.started_at)):
            files.setdefault(call, []).append(file if deleted_at is None else f"{file} (expired)")
    for row in rows:
        row["files"] = " ".join(files.get(row["id"], ()))
