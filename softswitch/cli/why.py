"""`softswitch why`: one page on one call, also after a restart: what went wrong, and whose side it was."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softswitch.cli.asking import RunningDialplan, State
from softswitch.cli.calls import person
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.records_place import find_records
from softswitch.cli.screen import print_json, safe, safe_lines, stdout, table
from softswitch.cli.times import date_and_time, offset, span

if TYPE_CHECKING:
    from rich.console import Console

    from softswitch.cli.answers import Trace
    from softswitch.reports.why import Story


def why(
    call: Annotated[
        str, typer.Argument(metavar="CALL", help="The beginning of its id, or `last`.", show_default=False)
    ],
    state: State = None,
    dialplan: RunningDialplan = None,
    database: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="A file, or postgresql://…", show_default=False)
    ] = None,
    save_test: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="Add the call to this dialplan's tests; - only shows the test.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Explain a call that is over: decisions, signalling, sound, and what went wrong on whose side."""
    from softswitch.reports import why as told
    from softswitch.reports.database import reading
    from softswitch.reports.result import ReportError

    try:
        records = find_records(dialplan, state, database, None)
        with reading(records.url) as connection:
            story = told.find(connection, call)
    except ReportError as error:
        raise Failure(error.message, error.remedy) from None
    if save_test is not None:
        from softswitch.cli.save_test import save_test as saved

        for line in safe_lines(saved(story, records.dialplan, save_test).rstrip("\n")):
            stdout().print(line, soft_wrap=True)
        return
    verdict = told.verdict(story)
    if json:
        print_json(
            {
                "verdict": verdict.sentence,
                "side": verdict.side,
                "remedy": verdict.remedy,
                "call": {
                    **story.call,
                    "price": None if story.call["price"] is None else str(story.call["price"]),
                },
                "legs": story.legs,
                "steps": story.steps,
            }
        )
        return
    console = stdout()
    facts = story.call
    caller = person(facts["caller"], facts["caller_name"])
    called = person(facts["called"], facts["called_name"])
    console.print(f"{caller} calls {called}", style="bold", soft_wrap=True)
    console.print(f"call {safe(facts['id'])}, {date_and_time(facts['started_at'])}\n", soft_wrap=True)
    good = verdict.side == "nobody's"
    console.print(safe(verdict.sentence), style="bold green" if good else "bold red", soft_wrap=True)
    if not good:
        console.print(f"Whose side it was: {safe(verdict.side)}.", soft_wrap=True)
    if verdict.remedy:
        console.print(f"What to do: {safe(verdict.remedy)}.", soft_wrap=True)
    console.print(_times(facts) + "\n", soft_wrap=True)
    trace = _trace(state, dialplan, facts["id"])
    if trace is not None and trace.messages:
        _show_ladder(trace, console)
    else:
        for at, text in told.axis(story):
            console.print(f"{offset(at - facts['started_at']):>9}  {safe(text)}", soft_wrap=True)
    _show_sound(story, console)


def _times(facts: dict[str, Any]) -> str:
    parts = [f"waited {span(facts['waiting'])}"]
    if facts["answered_at"] is not None:
        parts.append(f"talked {span(facts['talking'])}")
    if facts["held"]:
        parts.append(f"of it on hold {span(facts['held'])}")
    return ", ".join(parts).capitalize() + "."


def _trace(state: Path | None, dialplan: Path | None, call: str) -> "Trace | None":
    """What the running switch still has of its signalling."""
    from softswitch.api.client import Client, ControlError
    from softswitch.cli.answers import Trace, read
    from softswitch.cli.asking import state_directory

    try:
        return read(Trace, Client(state_directory(state, dialplan)).ask("trace", call=call))
    except (Failure, ControlError):
        return None


def _show_ladder(trace: "Trace", console: "Console") -> None:
    from softswitch.cli.canvas import glyphs_for
    from softswitch.cli.ladder import ladder
    from softswitch.cli.lanes import lanes_of

    lanes = lanes_of(trace.call, trace.messages)
    for row in ladder(lanes, trace.messages, trace.events, console.width, glyphs_for(console.encoding)):
        console.print(row, soft_wrap=True)


def _show_sound(story: "Story", console: "Console") -> None:
    legs = [leg for leg in story.legs if leg["codec"]]
    if not legs:
        return
    console.print()
    rows = table(
        "Sound from", "Codec", "Packets", "Lost", "Jitter", "Round trip", "MOS", right=("Packets", "Lost")
    )
    for leg in legs:
        expected = leg["received"] + leg["lost"]
        rows.add_row(
            safe(leg["number"] + (f" by {leg['trunk']}" if leg["trunk"] else "")),
            safe(leg["codec"]) + (" over SRTP" if leg["secured"] else ""),
            str(leg["received"]),
            f"{leg['lost'] / expected:.1%}" if expected else "",
            _ms(leg["jitter_ms"]),
            _ms(leg["round_trip_ms"]),
            "" if leg["mos"] is None else f"{leg['mos']:.1f}",
        )
    console.print(rows)


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"
