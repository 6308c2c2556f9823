"""`softswitch queues`: who waits, what agents do, how the day goes; log agents in and out, pause them."""

from typing import Annotated

import typer

from softswitch.cli.answers import Queue, Queues, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import clock, span


def queues(
    action: Annotated[
        str | None,
        typer.Argument(metavar="[ACTION]", help="login, logout, pause or unpause.", show_default=False),
    ] = None,
    agent: Annotated[
        str | None, typer.Argument(metavar="[AGENT]", help="An agent's extension.", show_default=False)
    ] = None,
    queue: Annotated[
        str | None, typer.Option(help="Log into or out of this queue only.", show_default=False)
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why the agent pauses.", show_default=False)] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Show the queues: who waits, the agents, today's figures; log agents in and out, pause them."""
    answer = ask(state, dialplan, "queues", action=action, agent=agent, queue=queue, reason=reason)
    if json:
        print_json(answer)
        return
    console = stdout()
    found = read(Queues, answer).queues
    if not found:
        console.print("The dialplan has no queues.")
        return
    for index, one in enumerate(found):
        if index:
            console.print()
        console.print(_title(one), highlight=False)
        _waiting(one)
        rows = table("Agent", "Name", "State", "Calls", "Last call", right=("Calls",))
        for person in one.agents:
            reason_given = f", {safe(person.reason)}" if person.reason else ""
            since = f" since {clock(person.since)}" if person.since else ""
            last = clock(person.last_call) if person.last_call else ""
            rows.add_row(
                safe(person.number),
                safe(person.name),
                f"{person.state}{reason_given}{since}",
                str(person.calls),
                last,
            )
        console.print(rows)


def _title(one: Queue) -> str:
    today, number = one.today, f" ({safe(one.number)})" if one.number else ""
    level = "" if today.service_level is None else f", {today.service_level:.0%} within {span(today.target)}"
    average = "" if today.average_wait is None else f", average wait {span(today.average_wait)}"
    return (
        f"{safe(one.name)}{number}: {len(one.waiting)} waiting; today {today.entered} came, "
        f"{today.answered} answered{level}{average}, {today.abandoned} gave up, {today.left} went elsewhere"
    )


def _waiting(one: Queue) -> None:
    if not one.waiting:
        return
    rows = table("Place", "Caller", "Name", "Waited", "Expected", "State", right=("Place",))
    for place, caller in enumerate(one.waiting, 1):
        expected = "" if caller.expected_wait is None else span(caller.expected_wait)
        words = ["to be called back"] if caller.callback else []
        words += ["agent rings"] if caller.rung else []
        words += [f"priority {caller.priority}"] if caller.priority else []
        state = ", ".join(words)
        rows.add_row(str(place), safe(caller.number), safe(caller.name), span(caller.waited), expected, state)
    stdout().print(rows)
