"""What a condition means: for the database as an expression, for a report's own rows as a test."""

import fnmatch
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, not_, or_, true

from softswitch.config.durations import parse_duration
from softswitch.config.names import did_you_mean
from softswitch.reports.conditions import Both, Compare, Condition, Not
from softswitch.reports.fields import FIELDS, Field
from softswitch.reports.result import Column, Kind, ReportError, Row

_SIGNS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def as_sql(condition: Condition, zone: ZoneInfo, fields: Mapping[str, Field] = FIELDS) -> ColumnElement[bool]:
    """The condition on fields. One that has no value fits no comparison but `=none`.

    Raises ReportError for an unknown field or a value that its kind does not have.
    """
    match condition:
        case Not(part):
            return not_(as_sql(part, zone, fields))
        case Both(parts, either):
            return (or_ if either else and_)(*(as_sql(part, zone, fields) for part in parts))
        case Compare(name, sign, text):
            field = fields.get(name)
            if field is None:
                raise _unknown(name, fields)
            return _sql(field, name, sign, text, zone)


def _sql(field: Field, name: str, sign: str, text: str | None, zone: ZoneInfo) -> ColumnElement[bool]:
    if field.among is not None:
        return _among(field, field.among, name, sign, text, zone)
    expression = field.expression
    if text is None:
        _needs_equal(name, sign)
        empty = expression == "" if field.kind is Kind.TEXT else expression.is_(None)
        return empty if sign == "=" else not_(empty)
    if sign in ("~", "!~"):
        _needs_text(name, field.kind)
        found = expression.ilike(_like(text), escape="\\")
        return found if sign == "~" else not_(found)
    compared: ColumnElement[bool] = _SIGNS[sign](expression, parse_value(text, name, field.kind, zone))
    return compared


def _among(
    field: Field,
    among: Callable[[ColumnElement[bool]], ColumnElement[bool]],
    name: str,
    sign: str,
    text: str | None,
    zone: ZoneInfo,
) -> ColumnElement[bool]:
    """One of what the call has fits; with != and !~ none does; `none`: it has none."""
    if text is None:
        _needs_equal(name, sign)
        return not_(among(true())) if sign == "=" else among(true())
    meant = {"!=": "=", "!~": "~"}.get(sign, sign)
    found = among(_sql(replace(field, among=None), name, meant, text, zone))
    return found if meant == sign else not_(found)


def on_rows(condition: Condition, columns: Iterable[Column], zone: ZoneInfo) -> Callable[[Row], bool]:
    """The condition on the columns of a report. Raises ReportError as `as_sql` does."""
    kinds = {column.key: column.kind for column in columns}

    def test(part: Condition) -> Callable[[Row], bool]:
        match part:
            case Not(inner):
                found = test(inner)
                return lambda row: not found(row)
            case Both(parts, either):
                tests = [test(one) for one in parts]
                return lambda row: (any if either else all)(one(row) for one in tests)
            case Compare(name, sign, text):
                if name not in kinds:
                    raise _unknown(name, kinds)
                return _test(name, kinds[name], sign, text, zone)

    return test(condition)


def _test(name: str, kind: Kind, sign: str, text: str | None, zone: ZoneInfo) -> Callable[[Row], bool]:
    if text is None:
        _needs_equal(name, sign)
        return lambda row: (row[name] in (None, "")) is (sign == "=")
    if sign in ("~", "!~"):
        _needs_text(name, kind)
        pattern = re.compile(fnmatch.translate(text.replace("[", "[[]")), re.IGNORECASE)
        return lambda row: (pattern.match(str(row[name])) is not None) is (sign == "~")
    value, compare = parse_value(text, name, kind, zone), _SIGNS[sign]
    return lambda row: row[name] is not None and bool(compare(row[name], value))


def parse_value(text: str, name: str, kind: Kind, zone: ZoneInfo) -> Any:
    """The value that a text stands for in a field of that kind. Raises ReportError."""
    try:
        match kind:
            case Kind.TEXT:
                return text
            case Kind.SECONDS:
                return parse_duration(text if text[-1:].isalpha() else float(text))
            case Kind.TIME:
                point = datetime.fromisoformat(text)
                return (point if point.tzinfo else point.replace(tzinfo=zone)).timestamp()
            case Kind.MONEY:
                return _finite(Decimal(text))
            case Kind.SHARE if text.endswith("%"):
                return float(_finite(float(text[:-1]))) / 100
            case _:
                return _finite(float(text))
    except (ValueError, InvalidOperation, OverflowError):
        raise ReportError(f"{text!r} is no value of {name}", f"write {_EXAMPLES[kind]}") from None


_EXAMPLES: Final = {
    Kind.COUNT: "a number such as 3",
    Kind.NUMBER: "a number such as 3.5",
    Kind.SHARE: "a share such as 0.02 or 2%",
    Kind.SECONDS: "seconds such as 10, or 2m",
    Kind.TIME: "a time such as 2026-03-01T08:30",
    Kind.MONEY: "an amount such as 1.50",
}


def _finite(value: Any) -> Any:
    if not math.isfinite(value):
        raise ValueError
    return value


def _like(pattern: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", pattern)
    return escaped.replace("*", "%").replace("?", "_")


def _needs_equal(name: str, sign: str) -> None:
    if sign not in ("=", "!="):
        raise ReportError(f"{name} cannot be {sign} none", "write = or != before none")


def _needs_text(name: str, kind: Kind) -> None:
    if kind is not Kind.TEXT:
        raise ReportError(f"{name} is not a text: ~ does not fit it", "compare by =, < or >")


def _unknown(name: str, known: Iterable[str]) -> ReportError:
    names = sorted(known)
    return ReportError(
        f"there is no field {name!r}", did_you_mean(name, names, f"there are {', '.join(names)}")
    )
