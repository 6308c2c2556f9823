"""Prices from a CSV file: all of them, or every reason against it with its line."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from softswitch.config.files import unreadable
from softswitch.config.names import did_you_mean
from softswitch.config.price_list import Price
from softswitch.config.refusal import REFUSED

COLUMNS: Final = tuple(Price.model_fields)
LARGEST: Final = 64 * 1024 * 1024
MOST_PROBLEMS: Final = 1000
_WORDS: Final = {"missing": ("there is no value", "every price needs one")}


@dataclass(frozen=True, slots=True)
class PriceProblem:
    """One thing wrong in a file of prices. Lines count from 1; 0 means the file as a whole."""

    line: int
    column: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (str(self.line or ""), self.column) if part)
        value = f": {self.value[:80]!r}" if self.value else ""
        return f"{place + ': ' if place else ''}{self.message}{value}; {self.remedy}"


def read_prices(file: Path) -> tuple[tuple[Price, ...], tuple[PriceProblem, ...]]:
    """The file's prices, and what is wrong with it. Commas or semicolons; with semicolons 0,05 is 0.05."""
    reason = unreadable(file)
    if reason is not None:
        return (), (PriceProblem(0, "", "", reason, "correct the path or the file's rights"),)
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        return (), (PriceProblem(0, "", "", "the file is larger than any price list", "split it"),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return (), (PriceProblem(line, "", "", "this is not UTF-8 text", "save the file as UTF-8"),)
    return parse_prices(text)


def parse_prices(text: str) -> tuple[tuple[Price, ...], tuple[PriceProblem, ...]]:
    """The same for a text."""
    first = text.partition("\n")[0]
    semicolons = first.count(";") > first.count(",")
    reader = csv.reader(io.StringIO(text), delimiter=";" if semicolons else ",")
    prices: list[Price] = []
    problems: list[PriceProblem] = []
    seen: dict[tuple[Any, ...], int] = {}
    try:
        titles = [title.strip().lower() for title in next(reader, [])]
        problems += _titles(titles)
        if problems:
            return (), tuple(problems)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            line = reader.line_num
            if len(problems) >= MOST_PROBLEMS:
                problems.append(PriceProblem(line, "", "", "there are too many problems", "mend those above"))
                break
            price = _price(row, titles, line, semicolons, problems)
            if price is not None:
                prices.append(price)
                _find_twin(price, line, seen, problems)
    except csv.Error as error:
        problems.append(PriceProblem(reader.line_num, "", "", f"this is not CSV: {error}", "export it anew"))
    if not prices and not problems:
        problems.append(PriceProblem(0, "", "", "there are no prices", "write one a line below the titles"))
    return tuple(prices), tuple(problems)


def _titles(titles: list[str]) -> list[PriceProblem]:
    known = ", ".join(COLUMNS)
    problems = [
        PriceProblem(1, "", title, "unknown column", did_you_mean(title, COLUMNS, f"known are {known}"))
        for title in titles
        if title not in COLUMNS
    ]
    if "minute" not in titles:
        problems.append(PriceProblem(1, "", "", "the column minute is missing", f"known are {known}"))
    if len(set(titles)) < len(titles):
        problems.append(PriceProblem(1, "", "", "a column stands there twice", "keep one of them"))
    return problems


def _price(
    row: list[str], titles: list[str], line: int, semicolons: bool, problems: list[PriceProblem]
) -> Price | None:
    if len(row) > len(titles):
        problems.append(
            PriceProblem(
                line,
                "",
                "",
                f"{len(row)} values for {len(titles)} columns",
                "put texts with commas into quotes",
            )
        )
        return None
    cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False) if cell.strip()}
    if semicolons:
        for name in {"minute", "connection"} & set(cells):
            cells[name] = cells[name].replace(",", ".")
    try:
        return Price.model_validate(cells)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            column = str(one["loc"][0]) if one["loc"] else ""
            context = one.get("ctx", {})
            if one["type"] == REFUSED:
                message, remedy = context["message"], context["remedy"]
            elif one["type"] == "literal_error":
                message, remedy = "this is not one of the values allowed", f"write {context['expected']}"
            else:
                message, remedy = _WORDS.get(one["type"], (one["msg"], "see docs/tariffs.md"))
            problems.append(PriceProblem(line, column, cells.get(column, ""), message, remedy))
        return None


def _find_twin(
    price: Price, line: int, seen: dict[tuple[Any, ...], int], problems: list[PriceProblem]
) -> None:
    what = (price.to, price.type, price.direction, price.weekdays, price.hours)
    other = seen.setdefault(what, line)
    if other != line:
        problems.append(
            PriceProblem(line, "to", price.to or "", f"line {other} prices that already", "keep one")
        )
