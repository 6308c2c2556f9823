"""The running switch, if there is one."""

from pathlib import Path
from typing import Any

from softswitch.api.client import Client, ControlError, NotRunning
from softswitch.cli.checkup.finding import Finding, error, good, warning

SUBJECT = "switch"
_PATIENCE = 5.0


def look_at_switch(state: Path, installed: str | None) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Its status if it answers, and what is to be said about it. `installed` is this program's version."""
    try:
        status = Client(state, deadline=_PATIENCE).ask("status")
    except NotRunning:
        return None, [good(SUBJECT, f"none runs on {state}")]
    except ControlError as reason:
        return None, [error(SUBJECT, reason.message, "it cannot be controlled", reason.remedy)]
    found = [good(SUBJECT, f"runs with pid {status.get('pid')}, {status.get('calls')} calls")]
    if status.get("draining"):
        found.append(warning(SUBJECT, "it is shutting down", "it takes no new calls", "start it again"))
    if installed and status.get("version") != installed:
        found.append(
            warning(
                SUBJECT,
                f"it is version {status.get('version')}, installed is {installed}",
                "it runs the old program until it is restarted",
                "restart it when few people talk",
            )
        )
    return status, found
