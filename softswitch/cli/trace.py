"""`softswitch trace`: what went over the wire in one call, and how it ended."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from softswitch.cli.answers import Call, Leg, Message, Trace, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.calls import person
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, safe_lines, stdout
from softswitch.cli.times import date_and_time, offset, span

if TYPE_CHECKING:
    from rich.console import Console

_BLAME = {"caller": "the caller's side", "callee": "the called side", "us": "the switch", "nobody": "nobody"}


def trace(
    call: Annotated[
        str, typer.Argument(metavar="CALL", help="The beginning of its id, or `last`.", show_default=False)
    ],
    full: Annotated[bool, typer.Option("--full", help="Also print every message whole.")] = False,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Draw the SIP ladder of a live or recent call."""
    answer = ask(state, dialplan, "trace", call=call)
    if json:
        print_json(answer)
        return
    show(read(Trace, answer), stdout(), full)


def show(trace: Trace, console: "Console", full: bool) -> None:
    """Heading, ladder, figures of the sound, the end in a sentence; then the messages if wanted."""
    from softswitch.cli.canvas import glyphs_for
    from softswitch.cli.ladder import ladder
    from softswitch.cli.lanes import lanes_of

    glyphs = glyphs_for(console.encoding)
    caller = person(trace.call.caller, trace.call.caller_name)
    called = person(trace.call.called, trace.call.called_name)
    console.print(f"{caller} {glyphs.to} {called}", style="bold", soft_wrap=True)
    console.print(f"call {safe(trace.call.id)}, {date_and_time(trace.call.started_at)}\n", soft_wrap=True)
    if trace.messages:
        lanes = lanes_of(trace.call, trace.messages)
        for row in ladder(lanes, trace.messages, trace.events, console.width, glyphs):
            console.print(row, soft_wrap=True)
    else:
        console.print("The SIP messages of this call are no longer kept. What happened:")
        for event in trace.events:
            console.print(
                f"{offset(event.at - trace.call.started_at):>9}  {safe(event.text)}", soft_wrap=True
            )
    console.print()
    _show_sound(trace.call.legs, console)
    _show_end(trace.call, console)
    if full:
        _show_messages(trace.messages, console)


def _show_sound(legs: Sequence[Leg], console: "Console") -> None:
    for leg in legs:
        if leg.codec:
            console.print(f"Sound from {safe(leg.number)}: {safe(_figures(leg))}", soft_wrap=True)


def _figures(leg: Leg) -> str:
    sent = leg.received + leg.lost
    share = f" ({leg.lost / sent:.1%})" if leg.lost else ""
    parts = [
        f"{leg.codec}{' over SRTP' if leg.secured else ''}",
        f"{leg.received} packets",
        f"{leg.lost} lost{share}",
    ]
    if leg.jitter_ms is not None:
        parts.append(f"jitter {leg.jitter_ms:.1f} ms")
    if leg.round_trip_ms:
        parts.append(f"round trip {leg.round_trip_ms:.0f} ms")
    return ", ".join(parts)


def _show_end(call: Call, console: "Console") -> None:
    if call.ended_at is None:
        console.print(f"The call is still up: {safe(call.state)}.", style="bold", soft_wrap=True)
        return
    good = call.outcome == "completed"
    console.print(
        safe(call.words or "The call is over."), style="bold green" if good else "bold red", soft_wrap=True
    )
    if call.blame and call.blame != "nobody":
        console.print(f"Whose side it was: {safe(_BLAME.get(call.blame, call.blame))}.", soft_wrap=True)
    if call.answered_at is not None:
        console.print(f"They were connected for {span(call.ended_at - call.answered_at)}.")


def _show_messages(messages: Sequence[Message], console: "Console") -> None:
    start = messages[0].at if messages else 0.0
    for message in messages:
        way = "to" if message.sent else "from"
        head = f"{offset(message.at - start)} {way} {message.number} {message.transport} {message.peer}"
        console.print(f"\n--- {safe(head)}", style="bold", soft_wrap=True)
        for line in safe_lines(message.text.rstrip()):
            console.print(line, soft_wrap=True)
