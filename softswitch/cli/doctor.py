"""`softswitch doctor`: looks for what keeps calls from working, before and after the start."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softswitch.cli.asking import RunningDialplan, State, state_directory, state_directory_of
from softswitch.cli.failure import REFUSED, Failure
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout

if TYPE_CHECKING:
    from softswitch.cli.checkup.finding import Finding

_STYLES = {"ok": "green", "warning": "bold yellow", "error": "bold red"}
# What `softswitch init` writes unless told.
_USUAL_FILE = Path("dialplan.yaml")


def doctor(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The dialplan. Default: the running switch's.")
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Look for what keeps calls from working.

    Works with and without a running switch, and changes nothing. Exit code 1 when there is an error.
    """
    from softswitch.cli.checkup.finding import Level

    findings = list(examine(file or dialplan, state))
    levels = Counter(finding.level for finding in findings)
    if json:
        print_json({"ok": not levels[Level.ERROR], "findings": [_as_data(one) for one in findings]})
    else:
        _show(findings, levels)
    if levels[Level.ERROR]:
        raise typer.Exit(REFUSED)


def examine(file: Path | None, state: Path | None) -> Iterator["Finding"]:
    """All findings, one subject after the other."""
    from softswitch.cli.checkup.clock import look_at_clock
    from softswitch.cli.checkup.finding import warning
    from softswitch.cli.checkup.pjsip import look_at_pjsip
    from softswitch.cli.checkup.running import look_at_switch
    from softswitch.cli.version import versions

    status: dict[str, Any] | None = None
    folder = _state_of(file, state)
    if folder is not None:
        status, found = look_at_switch(folder, versions()["softswitch"])
        yield from found
    file = file or _running_file(status) or (_USUAL_FILE if _USUAL_FILE.exists() else None)
    codecs: tuple[str, ...] = ()
    if file is None:
        yield warning(
            "dialplan",
            "none was named, and no switch runs that has one",
            "without it only the machine is looked at",
            "softswitch doctor FILE",
        )
    else:
        from softswitch.cli.checkup.dialplan import look_at_dialplan

        plan, found = look_at_dialplan(file)
        yield from found
        if plan is not None:
            codecs = plan.codecs
            yield from _examine_dialplan(file, plan, int((status or {}).get("pid", 0)))
    yield from look_at_clock()
    yield from look_at_pjsip(codecs)


def _examine_dialplan(file: Path, plan: Any, switch: int) -> Iterator["Finding"]:
    from softswitch.cli.checkup.files import look_at_files
    from softswitch.cli.checkup.limits import look_at_limits
    from softswitch.cli.checkup.network import look_at_network
    from softswitch.cli.checkup.ports import Ports, look_at_listeners, look_at_sound_ports
    from softswitch.cli.checkup.sound import look_at_sound
    from softswitch.cli.checkup.tls import look_at_certificate

    ports = Ports.now(plan, switch)
    yield from look_at_listeners(plan, ports)
    yield from look_at_sound_ports(plan, ports)
    yield from look_at_files(file, plan)
    yield from look_at_certificate(plan, datetime.datetime.now(datetime.UTC))
    yield from look_at_limits(plan)
    yield from look_at_network(plan)
    yield from look_at_sound(plan)


def _state_of(file: Path | None, state: Path | None) -> Path | None:
    """Where a running switch would be; None if that cannot be known, which is no failure here."""
    try:
        return state or (state_directory_of(file) if file else state_directory(None, None))
    except Failure:
        return None


def _running_file(status: dict[str, Any] | None) -> Path | None:
    """The running switch's dialplan; a relative path starts where the switch was started."""
    if not status or not status.get("dialplan"):
        return None
    named = Path(str(status["dialplan"]))
    if named.is_absolute():
        return named
    try:
        return Path(f"/proc/{status.get('pid')}/cwd").readlink() / named
    except OSError:
        return named


def _as_data(one: "Finding") -> dict[str, str]:
    return {
        "level": str(one.level),
        "subject": one.subject,
        "what": one.what,
        "why": one.why,
        "remedy": one.remedy,
    }


def _show(findings: Iterable["Finding"], levels: Counter[Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(no_wrap=True, style="bold")
    rows.add_column(overflow="fold")
    for one in findings:
        text = Text(safe(one.what))
        for word, said in (("why", one.why), ("remedy", one.remedy)):
            if said:
                text.append(f"\n{word}: ", style="dim").append(safe(said))
        rows.add_row(Text(str(one.level), style=_STYLES[str(one.level)]), one.subject, text)
    console = stdout()
    console.print(rows)
    counts = [f"{levels[kind]} {kind}{'' if levels[kind] == 1 else 's'}" for kind in levels if kind != "ok"]
    console.print(f"\n{', '.join(counts) or 'All is well'}.", style="bold")
