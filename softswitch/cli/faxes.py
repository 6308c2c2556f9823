"""`softswitch faxes`: what was received and what is sent."""

from typing import Annotated

import typer

from softswitch.cli.answers import Fax, Faxes, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import clock


def faxes(
    action: Annotated[
        str | None, typer.Argument(metavar="[ACTION]", help="show or delete.", show_default=False)
    ] = None,
    fax: Annotated[
        str | None,
        typer.Argument(metavar="[FAX]", help="A fax's id, or `last`.", show_default=False),
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """List the faxes; show says where a fax's pages are, delete removes it."""
    answer = ask(state, dialplan, "faxes", action=action, id=fax)
    if json:
        print_json(answer)
        return
    found = read(Faxes, answer).faxes
    console = stdout()
    if action is None and not found:
        console.print("There is no fax.")
        return
    if action == "show":
        print(found[0].path)  # noqa: T201 - as it is, to be used by other programs
        return
    if action == "delete":
        console.print(f"Fax {safe(found[0].id)} is deleted.")
        return
    rows = table("Fax", "At", "Place", "", "Number", "Pages", "State", right=("Pages",))
    for one in found:
        way = "from" if one.state == "received" else "to"
        number = safe(one.number or one.station or "withheld")
        rows.add_row(safe(one.id), clock(one.at), safe(one.place), way, number, str(one.pages), _state(one))
    console.print(rows)


def _state(fax: Fax) -> str:
    if fax.state == "waiting" and fax.tries:
        again = f", next {clock(fax.due)}" if fax.due else ""
        times = "once" if fax.tries == 1 else f"{fax.tries} times"
        return f"tried {times}: {safe(fax.outcome)}{again}"
    return f"{fax.state}: {safe(fax.outcome)}" if fax.outcome else fax.state
