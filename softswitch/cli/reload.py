"""`softswitch reload`: the running switch reads its dialplan again."""

from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout


def reload(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """Take a changed dialplan into the running switch.

    It is taken whole or refused whole; calls and registrations stay.
    """
    answer = ask(state, dialplan, "reload")
    if json:
        print_json(answer)
        return
    console = stdout()
    changes = answer.get("changes") or []
    console.print(
        "The dialplan is taken." if changes else "The dialplan is taken; nothing in it has changed."
    )
    for change in changes:
        console.print(f"  {safe(str(change))}", soft_wrap=True)
