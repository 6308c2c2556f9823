"""`softswitch registrations`: which phones are there."""

from softswitch.cli.answers import Registration, Registrations, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import span


def registrations(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """List the phones that are registered."""
    answer = ask(state, dialplan, "registrations")
    if json:
        print_json(answer)
        return
    console = stdout()
    found = read(Registrations, answer).registrations
    if not found:
        console.print("No phone is registered.")
        return
    rows = table("Number", "Name", "Address", "Phone", "Expires", "RTT", right=("Expires", "RTT"))
    for one in found:
        rows.add_row(
            safe(one.number), safe(one.name), _address(one), safe(one.user_agent), _expires(one), _rtt(one)
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
