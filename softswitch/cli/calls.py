"""`softswitch calls`: who talks to whom."""

import time
from typing import Annotated

import typer

from softswitch.cli.answers import Call, Calls, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import clock, span


def calls(
    recent: Annotated[int, typer.Option(min=0, metavar="N", help="Also the last N ended calls.")] = 0,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """List the live calls, and with --recent the last ended ones."""
    answer = ask(state, dialplan, "calls", recent=recent)
    if json:
        print_json(answer)
        return
    console = stdout()
    found = read(Calls, answer).calls
    if not found:
        console.print(
            "No calls." if recent else "No live calls. The last ended ones: softswitch calls --recent 20"
        )
        return
    rows = table("Call", "From", "To", "Since", "State", "Time", "Sound", right=("Time",))
    for name in (0, 3, 5):
        rows.columns[name].no_wrap = True
    now = time.time()
    for call in found:
        rows.add_row(
            safe(call.id),
            person(call.caller, call.caller_name),
            person(call.called, call.called_name),
            clock(call.started_at),
            _state(call),
            _duration(call, now),
            sound(call),
            style="dim" if call.is_over else None,
        )
    console.print(rows)


def person(number: str, name: str) -> str:
    """`101 Anna Berg`, harmless for the terminal."""
    return safe(number if not name or name == number else f"{number} {name}")


def sound(call: Call) -> str:
    """The codecs of both legs, and how much of the sound was lost on the way."""
    legs = [leg for leg in call.legs if leg.codec]
    codecs = list(dict.fromkeys(f"{leg.codec}{' srtp' if leg.secured else ''}" for leg in legs))
    lost, all_sent = sum(leg.lost for leg in legs), sum(leg.lost + leg.received for leg in legs)
    loss = f", {lost / all_sent:.1%} lost" if lost else ""
    return safe(" / ".join(codecs) + loss)


def _state(call: Call) -> str:
    return safe(call.outcome or call.state if call.is_over else call.state)


def _duration(call: Call, now: float) -> str:
    """How long they have talked; while it rings, how long it rings."""
    end = now if call.ended_at is None else call.ended_at
    if call.answered_at is not None:
        return span(end - call.answered_at)
    return "" if call.is_over else span(end - call.started_at)
