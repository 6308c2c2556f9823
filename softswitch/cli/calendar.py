"""`softswitch calendar`: which mode comes when, and where each number's calls go then."""

from typing import TYPE_CHECKING, Annotated

import typer

from softswitch.cli.loading import loaded, moment
from softswitch.cli.options import Dialplan, Json
from softswitch.cli.screen import print_json, safe, stdout, table

if TYPE_CHECKING:
    from softswitch import config


def calendar(
    file: Dialplan,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days.")] = 60,
    start: Annotated[
        str | None, typer.Option("--from", help="The first day. Default: today.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Say which mode holds when, in the days to come, and where each outside number leads in each mode."""
    from softswitch.routing.calendar import schedules, spans

    dialplan = loaded(file)
    first = moment(dialplan, start)
    found = {
        number: list(spans(schedule, first, first + days * 86400))
        for number, schedule in schedules(dialplan)
        if schedule.modes
    }
    if json:
        rows = [
            {"number": number, "start": one.start, "end": one.end, "mode": one.mode, "why": one.why}
            for number, listed in found.items()
            for one in listed
        ]
        print_json({"modes": rows, "numbers": _places(dialplan)})
        return
    console = stdout()
    if not found:
        console.print("The dialplan has no modes.")
    for number, listed in found.items():
        console.print(f"Modes of {number}" if number else "Modes of the house", style="bold")
        lines = table("From", "Until", "Mode", "Why")
        for one in listed:
            lines.add_row(
                _clock(dialplan, one.start),
                _clock(dialplan, one.end),
                safe(one.mode or "none"),
                safe(one.why),
            )
        console.print(lines)
        console.print()
    lines = table("Number", "Mode", "Leads to")
    for number, places in _places(dialplan).items():
        for mode, place in places.items():
            lines.add_row(safe(number), safe(mode), safe(place))
    if dialplan.numbers:
        console.print(lines)


def _places(dialplan: "config.Dialplan") -> dict[str, dict[str, str]]:
    return {number: dict(one.places) for number, one in dialplan.numbers.items()}


def _clock(dialplan: "config.Dialplan", moment: float) -> str:
    from datetime import datetime

    return f"{datetime.fromtimestamp(moment, dialplan.timezone):%a %Y-%m-%d %H:%M}"
