"""`softswitch report`: what became of the calls, in numbers."""

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from softswitch.cli import report_options as options
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.records_place import Records, find_records
from softswitch.cli.waiting import Bar

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from softswitch.reports.conditions import Condition
    from softswitch.reports.result import Result
    from softswitch.reports.selection import Selection

_DEFAULT_PERIOD = "30d"


def report(
    name: options.Name,
    by: options.By = None,
    since: options.Since = None,
    until: options.Until = None,
    caller: options.Caller = None,
    called: options.Called = None,
    answered_by: options.Person = None,
    department: options.Department = None,
    queue: options.Queue = None,
    scenario: options.Scenario = None,
    trunk: options.Trunk = None,
    direction: options.Direction = None,
    outcome: options.Outcome = None,
    blame: options.Blame = None,
    min_talk: options.MinTalk = None,
    max_talk: options.MaxTalk = None,
    where: options.Where = None,
    having: options.Having = None,
    calls: options.Calls = False,
    limit: options.Limit = 100,
    within: options.Within = 20.0,
    level: options.Level = 0.8,
    loss: options.Loss = 0.01,
    csv: options.Csv = False,
    json: Json = False,
    xlsx: options.Xlsx = None,
    chart: options.ChartFile = None,
    dialplan: options.Dialplan = None,
    state: options.State = None,
    database: options.Database = None,
    timezone: options.Timezone = None,
) -> None:
    """Count and list the recorded calls, whether the switch runs or not. Without --from: the last 30 days."""
    from softswitch.cli.report_shown import show
    from softswitch.config.names import did_you_mean
    from softswitch.reports.conditions import Compare, parse_condition
    from softswitch.reports.database import reading
    from softswitch.reports.matching import on_rows
    from softswitch.reports.period import parse_period
    from softswitch.reports.result import ReportError
    from softswitch.reports.selection import Selection

    if name not in options.NAMES:
        remedy = did_you_mean(name, options.NAMES, f"there are {', '.join(options.NAMES)}")
        raise Failure(f"there is no report {name!r}", remedy)
    texts = {
        "caller": caller,
        "called": called,
        "answered_by": answered_by,
        "department": department,
        "queue": queue,
        "scenario": scenario,
        "trunk": trunk,
        "direction": direction,
        "outcome": outcome,
        "blame": blame,
    }
    try:
        records = find_records(dialplan, state, database, timezone)
        conditions: list[Condition] = [
            Compare(field, "~" if set("*?") & set(text) else "=", text)
            for field, text in texts.items()
            if text is not None
        ]
        conditions += [Compare("talking", ">=", min_talk)] if min_talk is not None else []
        conditions += [Compare("talking", "<=", max_talk)] if max_talk is not None else []
        conditions += [parse_condition(one) for one in where or ()]
        begins = None if since == "ever" else since or _DEFAULT_PERIOD
        period = parse_period(begins, until, records.zone, time.time())
        with reading(records.url) as connection, Bar() as bar:
            selection = Selection(period, records.zone, tuple(conditions), bar.tell)
            if csv and (calls or name == "calls") and not having and xlsx is None and chart is None:
                _stream(connection, selection, limit, records.zone)
                return
            asked = _Asked(connection, selection, records, by, limit, within, level, loss)
            result = asked.calls() if calls else asked.report(name)
        for text in having or ():
            test = on_rows(parse_condition(text), result.columns, records.zone)
            result = replace(result, rows=[row for row in result.rows if test(row)])
        show(result, records.zone, csv=csv, json=json, xlsx=xlsx, chart=chart)
    except ReportError as error:
        raise Failure(error.message, error.remedy) from None
    except OSError as error:
        raise Failure(f"{error.filename} cannot be written: {error.strerror}", "name another file") from None


def _stream(connection: "Connection", selection: "Selection", limit: int, zone: ZoneInfo) -> None:
    """Calls as CSV, millions if need be."""
    from softswitch.reports.calls import COLUMNS, stream
    from softswitch.reports.plain import write_rows

    write_rows(COLUMNS, stream(connection, selection, limit), sys.stdout, zone)


class _Asked:
    """The reports by name, each given what it asks for."""

    def __init__(
        self,
        connection: "Connection",
        selection: "Selection",
        records: Records,
        by: str | None,
        limit: int,
        within: float,
        level: float,
        loss: float,
    ) -> None:
        self._connection = connection
        self._selection = selection
        self._company = records.company
        self._by = by
        self._limit = limit
        self._queue = (within, level)
        self._loss = loss

    def calls(self) -> "Result":
        """The calls themselves."""
        from softswitch.reports.calls import calls

        return calls(self._connection, self._selection, self._limit)

    def report(self, name: str) -> "Result":
        """That report. Raises ReportError for a `by` that it has not."""
        from softswitch.reports import costs, departments, lines, missed, people, queues, scenarios, traffic
        from softswitch.reports.result import ReportError

        if self._by is not None and name not in ("traffic", "costs", "scenarios"):
            raise ReportError(f"the report {name} has no --by", "leave it out")
        db, selection, company = self._connection, self._selection, self._company
        match name:
            case "traffic":
                return traffic.traffic(db, selection, self._by or "hour")
            case "lines":
                return lines.lines(db, selection, company, self._loss)
            case "people":
                return people.people(db, selection, company)
            case "departments":
                return departments.departments(db, selection, company)
            case "queues":
                return queues.queues(db, selection, *self._queue)
            case "costs":
                return costs.costs(db, selection, company, self._by or "person")
            case "scenarios":
                return scenarios.scenarios(db, selection, self._by)
            case "missed":
                return missed.missed(db, selection, company, self._limit)
            case _:
                return self.calls()
