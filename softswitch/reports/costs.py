"""What calls have cost: by person, department, trunk, destination, price list or month."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import phonenumbers
from sqlalchemy import Connection

from softswitch.records.expressions import QUARTER
from softswitch.records.sums import COSTS
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result
from softswitch.reports.selection import Company, Selection

BY: Final = ("person", "department", "trunk", "destination", "type", "price-list", "month")


def costs(connection: Connection, selection: Selection, company: Company, by: str = "person") -> Result:
    """A row for each part of `by` and each currency, the dearest first. Inner calls are left out."""
    if by not in BY:
        raise ReportError(f"costs cannot be told by {by}", f"there are {', '.join(BY)}")
    dimension = COSTS["person" if by == "department" else by]
    named = _namer(by, selection, company)
    sums: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, 0, 0.0, Decimal(0)])
    for (part, currency), one in figures(connection, selection, dimension, "part", "currency").items():
        found = sums[named(part), currency]
        for index, name in enumerate(("calls", "priced", "talking", "price")):
            found[index] += one[name]
    rows = []
    for (part, currency), (calls, priced, talking, price) in sums.items():
        row = {
            by: part,
            "calls": calls,
            "unpriced": calls - priced,
            "talking": talking,
            "price": price,
            "currency": currency,
        }
        if by == "person":
            row["name"] = company.name(part)
        rows.append(row)
    rows.sort(key=lambda row: (row["currency"], -row["price"], -row["calls"], row[by]))
    columns = (
        Column(by, by.replace("-", " ").capitalize()),
        *((Column("name", "Name"),) if by == "person" else ()),
        Column("calls", "Calls", Kind.COUNT),
        Column("unpriced", "Without a price", Kind.COUNT),
        Column("talking", "Talk", Kind.SECONDS),
        Column("price", "Price", Kind.MONEY),
        Column("currency", "Currency"),
    )
    notes = tuple(
        f"In all: {total} {currency}." for currency, total in sorted(_totals(rows).items()) if currency
    )
    title = f"Costs by {by.replace('-', ' ')}"
    return Result("costs", title, columns, rows, notes, Chart((by,), ("price",), "price"))


def _totals(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        totals[row["currency"]] += row["price"]
    return totals


def _namer(by: str, selection: Selection, company: Company) -> Callable[[str], str]:
    match by:
        case "department":
            return lambda number: company.department_of(number)
        case "destination":
            return destination
        case "month":
            return lambda part: datetime.fromtimestamp(int(part) * QUARTER, selection.zone).strftime("%Y-%m")
        case _:
            return str


def destination(number: str) -> str:
    """The region (ISO 3166) that a number in the international form belongs to; `national` for other ones."""
    if not number.startswith("+"):
        return "national" if number else "in"
    for length in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(_integer(number[1 : 1 + length]))
        if regions:
            return f"+{number[1 : 1 + length]} {regions[0]}"
    return "unknown"


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
