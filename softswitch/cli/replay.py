"""`softswitch replay`: the recorded calls, sent through another dialplan."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softswitch.cli import report_options as options
from softswitch.cli.asking import State
from softswitch.cli.failure import Failure
from softswitch.cli.loading import loaded
from softswitch.cli.options import Json
from softswitch.cli.plan import running_dialplan
from softswitch.cli.records_place import find_records
from softswitch.cli.screen import print_json, safe, stdout
from softswitch.cli.times import date_and_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from softswitch.reports.period import Period
    from softswitch.routing.imagined import Happening, Question
    from softswitch.routing.replay import Detour


def replay(
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The other dialplan.", show_default=False)],
    since: options.Since = None,
    until: options.Until = None,
    old: Annotated[
        Path | None,
        typer.Option(
            "--old", help="The one that the calls had. Default: the running switch's.", show_default=False
        ),
    ] = None,
    state: State = None,
    database: options.Database = None,
    json: Json = False,
) -> None:
    """Send the recorded calls through another dialplan, and list those that would go another way."""
    from softswitch.reports.database import reading
    from softswitch.reports.period import parse_period
    from softswitch.reports.result import ReportError
    from softswitch.routing import Router
    from softswitch.routing.replay import detours

    if since is None:
        raise Failure("from when on?", "write --since 7d, --since 2026-03, or --since ever")
    before_it = old if old is not None else running_dialplan(state)
    before, after = loaded(before_it), loaded(new, instead_of=before_it)
    records = find_records(before_it, None, database, None)
    try:
        period = parse_period(None if since == "ever" else since, until, before.timezone, time.time())
        with reading(records.url) as connection:
            calls = list(_calls(connection, period))
    except ReportError as error:
        raise Failure(error.message, error.remedy) from None
    found = list(detours(Router(before), Router(after), calls))
    if json:
        print_json({"calls": len(calls), "detours": [_as_data(one) for one in found]})
        return
    console = stdout()
    for one in found:
        asked = one.question
        came = f" by {asked.trunk}" if asked.trunk else ""
        at = date_and_time(asked.at)
        console.print(f"{one.call}  {at}  {safe(asked.caller)} to {safe(asked.called)}{came}", style="bold")
        for title, step in zip(("before", "after"), one.parting, strict=True):
            console.print(f"  {title:6}  {_words(step)}", soft_wrap=True)
    console.print(f"{len(calls)} calls, {len(found) or 'none'} would go another way.")


def _calls(connection: "Connection", period: "Period") -> "Iterator[tuple[str, Question]]":
    from sqlalchemy import select

    from softswitch.records.tables import CALLS
    from softswitch.routing.imagined import Question

    columns = (
        CALLS.c.id,
        CALLS.c.caller,
        CALLS.c.called,
        CALLS.c.started_at,
        CALLS.c.direction,
        CALLS.c.trunk,
        CALLS.c.pressed,
    )
    query = select(*columns).order_by(CALLS.c.started_at)
    if period.since is not None:
        query = query.where(CALLS.c.started_at >= period.since)
    if period.until is not None:
        query = query.where(CALLS.c.started_at < period.until)
    for call, caller, called, at, direction, trunk, keys in connection.execute(query):
        yield call, Question(caller, called, at, trunk if direction == "in" else "", keys)


def _words(step: "Happening | None") -> str:
    if step is None:
        return "nothing more"
    lines = (f"{one.text} (line {one.line})" if one.line else one.text for one in step.reasons)
    why = "; ".join(lines)
    return safe(f"{step.text}: {why}" if why else step.text)


def _as_data(one: "Detour") -> dict[str, Any]:
    asked = one.question
    ways = {
        title: [
            {"text": step.text, "reasons": [{"text": why.text, "line": why.line} for why in step.reasons]}
            for step in way
        ]
        for title, way in (("before", one.before), ("after", one.after))
    }
    return {
        "call": one.call,
        "at": asked.at,
        "caller": asked.caller,
        "called": asked.called,
        "trunk": asked.trunk,
        **ways,
    }
