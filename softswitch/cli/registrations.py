"""`softswitch registrations`: which phones are there, and which were turned away."""

from typing import TYPE_CHECKING

from softswitch.cli.answers import Registration, Registrations, TurnedAway, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import span

if TYPE_CHECKING:
    from rich.console import Console


def registrations(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """List the phones that are registered, and those that were turned away in the last hour."""
    answer = ask(state, dialplan, "registrations")
    if json:
        print_json(answer)
        return
    console = stdout()
    told = read(Registrations, answer)
    _show(console, told.registrations)
    if told.turned_away:
        _show_turned_away(console, told.turned_away)


def _show(console: "Console", found: list[Registration]) -> None:
    if not found:
        console.print("No phone is registered.")
        return
    rows = table("Number", "Name", "Address", "Phone", "Expires", "RTT", right=("Expires", "RTT"))
    for one in found:
        rows.add_row(
            safe(one.number), safe(one.name), _address(one), safe(one.user_agent), _expires(one), _rtt(one)
        )
    console.print(rows)


def _show_turned_away(console: "Console", found: list[TurnedAway]) -> None:
    console.print("\nTurned away in the last hour")
    rows = table("Number", "Address", "Phone", "Why", "Times", "Ago", right=("Times", "Ago"))
    for one in found:
        words = f"{one.why}: {one.remedy}" if one.remedy else one.why
        rows.add_row(
            safe(one.username),
            safe(one.address),
            safe(one.user_agent),
            safe(words),
            str(one.times),
            span(one.ago),
        )
    console.print(rows)


def _address(one: Registration) -> str:
    marks = ["behind NAT"] if one.behind_nat else []
    if not one.connected:
        marks.append("connection lost")
    note = f" ({', '.join(marks)})" if marks else ""
    return f"{safe(one.transport)} {safe(one.address)}{note}"


def _expires(one: Registration) -> str:
    return span(one.expires_in) if one.expires_in > 0 else "now"


def _rtt(one: Registration) -> str:
    return "" if one.rtt_ms is None else f"{one.rtt_ms:.0f} ms"
