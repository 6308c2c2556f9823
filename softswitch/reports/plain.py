"""A report as CSV and as JSON."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from softswitch.reports.result import Column, Kind, Result, Row

# A spreadsheet takes such a text for a formula and runs it (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(result: Result, out: TextIO, zone: ZoneInfo) -> None:
    """Comma, RFC 4180 quotes, a first line with the keys; times as ISO 8601, durations in seconds."""
    write_rows(result.columns, result.rows, out, zone)


def write_rows(columns: Sequence[Column], rows: Iterable[Row], out: TextIO, zone: ZoneInfo) -> None:
    """The same of rows that are made one after the other."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    for row in rows:
        writer.writerow([_cell(row.get(column.key), column, zone) for column in columns])


def as_data(result: Result, zone: ZoneInfo) -> dict[str, Any]:
    """For JSON: money as text, so that no program makes a float of it."""
    return {
        "report": result.name,
        "title": result.title,
        "timezone": zone.key,
        "columns": [{"key": one.key, "title": one.title, "kind": one.kind.value} for one in result.columns],
        "rows": [
            {one.key: value(row.get(one.key), one, zone) for one in result.columns} for row in result.rows
        ],
        "notes": list(result.notes),
    }


def value(found: Any, column: Column, zone: ZoneInfo) -> Any:
    """A value as programs have it."""
    if found is None:
        return None
    match column.kind:
        case Kind.TIME:
            return datetime.fromtimestamp(found, zone).isoformat(timespec="milliseconds")
        case Kind.SECONDS:
            return round(float(found), 3)
        case Kind.SHARE | Kind.NUMBER:
            return round(float(found), 6)
        case Kind.MONEY:
            return money(found)
        case _:
            return found


def money(amount: Decimal) -> str:
    """Without zeros at its end beyond cents."""
    text = f"{amount:f}"
    if "." not in text:
        return f"{text}.00"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def _cell(found: Any, column: Column, zone: ZoneInfo) -> Any:
    found = value(found, column, zone)
    if found is None:
        return ""
    if column.kind is Kind.TEXT and isinstance(found, str) and found.startswith(_FORMULA):
        # A telephone number is no formula.
        return found if found[1:].isdigit() and found[0] == "+" else f"'{found}"
    return found
