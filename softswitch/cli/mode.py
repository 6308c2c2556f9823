"""`softswitch mode`: day, night or holiday; by the clock or by hand."""

from typing import Annotated

import typer

from softswitch.cli.answers import HeldMode, Modes, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table


def mode(
    mode: Annotated[
        str | None,
        typer.Argument(metavar="[MODE]", help="A mode to set, or auto for the clock.", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Until when it is set: 18:00, or 2026-12-24T10:00.", show_default=False)
    ] = None,
    number: Annotated[
        str | None, typer.Option(help="For this outside number alone.", show_default=False)
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="What mode holds then: 18:00, 2026-12-24T10:00.", show_default=False)
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Say which mode of the company holds, and until when; set one by hand, or let the clock decide again."""
    answer = ask(state, dialplan, "mode", mode=mode, until=until, number=number, at=at)
    if json:
        print_json(answer)
        return
    found = read(Modes, answer)
    rows = table("Number", "Mode", "Until", "Why")
    for one in found.modes:
        rows.add_row(
            safe(one.number or "all"), safe(one.mode or "none"), _until(one, found.timezone), _why(one)
        )
    stdout().print(rows)


def _until(one: HeldMode, timezone: str) -> str:
    if one.until is None:
        return "taken back" if one.by_hand else ""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return f"{datetime.fromtimestamp(one.until, ZoneInfo(timezone)):%a %Y-%m-%d %H:%M}"


def _why(one: HeldMode) -> str:
    return safe(one.why) + (f" (line {one.line})" if one.line else "")
