"""`softswitch trunks`: how the lines to the telephone network are."""

from softswitch.cli.answers import Trunk, Trunks, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import clock


def trunks(state: State = None, dialplan: RunningDialplan = None, json: Json = False) -> None:
    """List the trunks: where each leads, whether it is registered, its calls, its last error."""
    answer = ask(state, dialplan, "trunks")
    if json:
        print_json(answer)
        return
    console = stdout()
    found = read(Trunks, answer).trunks
    if not found:
        console.print("The dialplan has no trunks.")
        return
    rows = table("Trunk", "Server", "State", "Calls", "Last error", right=("Calls",))
    for one in found:
        rows.add_row(
            safe(one.name),
            _server(one),
            _state(one),
            f"{one.calls} of {one.max_calls}",
            _error(one),
        )
    console.print(rows)


def _server(one: Trunk) -> str:
    """As the dialplan names it, what its name has been resolved to, and which of several is silent."""
    servers = [server.removesuffix("/udp") for server in one.server.split(", ")]
    resolved = [address for address in one.addresses if not any(address in server for server in servers)]
    silent = [f"{address} is silent" for address in one.silent] if len(one.addresses) > 1 else []
    return "\n".join(map(safe, (*servers, *(resolved if one.addresses else ("not resolved",)), *silent)))


def _state(one: Trunk) -> str:
    account = f" as {safe(one.user)}" if one.user else ""
    return f"{safe(one.state)}{account}{_probed(one)}"


def _probed(one: Trunk) -> str:
    """What it has answered to OPTIONS."""
    if one.answers is None:
        return ""
    return ", silent" if one.rtt_ms is None else f", {one.rtt_ms:.0f} ms"


def _error(one: Trunk) -> str:
    if one.last_error is None or one.last_error_at is None:
        return ""
    return f"{clock(one.last_error_at)} {safe(one.last_error)}"
