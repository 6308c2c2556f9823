"""`softswitch rate`: the recorded calls are priced anew."""

import time
from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli import report_options as options
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.records_place import find_records
from softswitch.cli.screen import print_json, stdout
from softswitch.cli.waiting import Bar


def rate(
    dialplan: Annotated[Path, typer.Argument(metavar="DIALPLAN", help="Whose price lists.")],
    since: options.Since = None,
    until: options.Until = None,
    dry: Annotated[bool, typer.Option("--dry", help="Only say what would change.")] = False,
    database: options.Database = None,
    json: Json = False,
) -> None:
    """Price the recorded calls by the dialplan's price lists as they are now. The switch may run."""
    from sqlalchemy.exc import SQLAlchemyError

    from softswitch.app.pricing import price_lists_of, prices_of
    from softswitch.records.rating import Rated, rate
    from softswitch.reports.database import writing
    from softswitch.reports.period import parse_period
    from softswitch.reports.plain import money
    from softswitch.reports.result import ReportError

    if since is None:
        raise Failure("from when on?", "write --since 2026-03, --since 7d, or --since ever")
    records = find_records(dialplan, None, database, None)
    if records.dialplan is None or not records.dialplan.price_lists:
        raise Failure(f"{dialplan} has no price lists", "write price_lists: into it")
    done = Rated()
    try:
        period = parse_period(None if since == "ever" else since, until, records.zone, time.time())
        with writing(records.url) as engine, Bar() as bar:
            lists = price_lists_of(prices_of(records.dialplan))
            for done in rate(engine, lists, period.since, period.until, dry=dry):
                bar.tell(done.share, f"of the time, {done.calls} calls")
    except ReportError as error:
        raise Failure(error.message, error.remedy) from None
    except SQLAlchemyError as error:
        raise Failure(
            f"the database cannot be written: {getattr(error, 'orig', error)}", "try again"
        ) from None
    differences = {currency: money(amount) for currency, amount in sorted(done.differences.items()) if amount}
    if json:
        print_json({"calls": done.calls, "changed": done.changed, "differences": differences, "dry": dry})
        return
    changed = f"{done.changed} would change" if dry else f"{done.changed} changed"
    sums = "".join(f", {amount} {currency}" for currency, amount in differences.items())
    stdout().print(f"{done.calls} calls over trunks, {changed}{sums}.")
