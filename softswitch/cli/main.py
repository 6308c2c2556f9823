"""The command `softswitch`. Commands import what they need when they run, so each starts quickly."""

import sys

import typer

from softswitch.cli.calendar import calendar
from softswitch.cli.calls import calls
from softswitch.cli.check import check
from softswitch.cli.conference import conference
from softswitch.cli.confirm import confirm
from softswitch.cli.doctor import doctor
from softswitch.cli.draw import draw
from softswitch.cli.events import events
from softswitch.cli.exposure import exposure
from softswitch.cli.failure import Commands
from softswitch.cli.fax import fax
from softswitch.cli.faxes import faxes
from softswitch.cli.hangup import hangup
from softswitch.cli.init import init
from softswitch.cli.mode import mode
from softswitch.cli.plan import plan
from softswitch.cli.prices import prices
from softswitch.cli.prompts import prompts
from softswitch.cli.queues import queues
from softswitch.cli.rate import rate
from softswitch.cli.registrations import registrations
from softswitch.cli.reload import reload
from softswitch.cli.replay import replay
from softswitch.cli.report import report
from softswitch.cli.route import route
from softswitch.cli.run import run
from softswitch.cli.schema import schema
from softswitch.cli.status import status
from softswitch.cli.trace import trace
from softswitch.cli.trunks import trunks
from softswitch.cli.version import version
from softswitch.cli.why import why

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    # A traceback with its variables could show a password.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An office telephone exchange on PJSIP.",
)
for command in (
    init,
    run,
    check,
    route,
    plan,
    replay,
    calendar,
    draw,
    exposure,
    reload,
    confirm,
    status,
    calls,
    registrations,
    trunks,
    conference,
    mode,
    queues,
    faxes,
    fax,
    hangup,
    trace,
    why,
    events,
    report,
    prices,
    rate,
    doctor,
    prompts,
    schema,
    version,
):
    app.command()(command)


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(prog_name="softswitch")


if __name__ == "__main__":
    main()
