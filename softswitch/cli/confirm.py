"""`softswitch confirm`: a reload on probation stays."""

from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, stdout


def confirm(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """Keep what `reload --confirm-within` has taken."""
    answer = ask(state, dialplan, "confirm")
    if json:
        print_json(answer)
    else:
        stdout().print("The dialplan is confirmed and stays.")
