"""`softswitch status`: the running switch in a few lines."""

from softswitch.cli.answers import Records, Status, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout
from softswitch.cli.times import date_and_time, span


def status(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """Show the running switch: calls, phones, load."""
    from rich.table import Table

    answer = ask(state, dialplan, "status")
    if json:
        print_json(answer)
        return
    console = stdout()
    rows = Table.grid(padding=(0, 3))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, text in lines(read(Status, answer)):
        rows.add_row(name, safe(text))
    console.print(rows)


def lines(status: Status) -> list[tuple[str, str]]:
    """What is shown, name by name."""
    busy = status.cpu_seconds / status.uptime if status.uptime > 0 else 0.0
    return [
        ("Softswitch", f"{status.version}, pid {status.pid}"),
        ("State", state(status)),
        ("Since", f"{date_and_time(status.started_at)} ({span(status.uptime)})"),
        ("Domain", status.domain),
        ("Dialplan", status.dialplan),
        ("Listens on", ", ".join(status.listeners)),
        ("Calls", f"{status.calls} of at most {status.max_calls}, {status.legs} legs"),
        ("Phones", phones(status)),
        ("Memory", f"{status.rss_bytes / 1e6:.0f} MB"),
        ("Records", records(status.records)),
        ("CPU", f"{status.cpu_seconds:.1f} s, {busy:.1%} of a core since the start"),
    ]


def phones(status: Status) -> str:
    """Who is there, and who would be."""
    text = f"{status.bindings} registered ({status.extensions_registered} of {status.extensions} extensions)"
    if status.watched:
        text += f", {status.watched} lamp{'' if status.watched == 1 else 's'} watched"
    if status.turned_away:
        text += f", {status.turned_away} turned away of late: see softswitch registrations"
    return text


def state(status: Status) -> str:
    """Whether it takes calls."""
    text = "draining: takes no new calls" if status.draining else "running"
    if status.overloaded:
        text = "overloaded: comes behind, and refuses some of many new calls"
    if status.refused_calls:
        text += f"; {status.refused_calls} calls refused since the start"
    return text


def records(state: Records) -> str:
    """Where call records are kept, and what is the matter if they are not."""
    text = f"{state.recorded} written to {state.database}"
    if state.waiting or state.problem:
        text += f"; {state.waiting or 'some'} wait in the journal ({state.behind_bytes / 1e6:.1f} MB behind)"
    if state.problem:
        text += f": {state.problem}"
    if state.journal_waits:
        text += "; the journal's disk takes nothing, events wait in memory"
    if state.events_lost:
        text += f"; {state.events_lost} events are lost"
    return text
