"""What is measured: the switch as `softswitch run` starts it, and the bare loop."""

import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.processes import BenchmarkError, Process
from tests.rig.switch import PROMPTS

DOMAIN = "office.example"
PORT = 5060


def password(number: str) -> str:
    """The password of an extension."""
    return f"pw-{number}"


def dialplan(address: str, extensions: Sequence[str], devices: int = 1, **settings: Any) -> dict[str, Any]:
    """UDP at `address`, log as JSON, all else as by default; MD5, since SIPp knows no other digest."""
    return {
        "version": 1,
        "domain": DOMAIN,
        "listen": [f"udp://{address}:{PORT}"],
        "registration": {"algorithms": ["md5"]},
        "log": {"level": "info", "format": "json"},
        "extensions": {
            number: {"name": f"Phone {number}", "password": password(number), "devices": devices}
            for number in extensions
        },
        **settings,
    }


def start_switch(
    folder: Path, address: str, extensions: Sequence[str], devices: int = 1, **settings: Any
) -> Process:
    """The real command, logging to a file; ready for phones when this returns. `settings`: dialplan keys.

    Its prompts are made by then: speaking them, once in a switch's life, is no part of a call.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "dialplan.yaml"
    file.write_text(json.dumps(dialplan(address, extensions, devices, **settings)))
    process = Process(
        [sys.executable, "-m", "softswitch.cli.main", "run", str(file)],
        folder,
        "switch.log",
        {"SOFTSWITCH_PROMPTS": str(PROMPTS)},
    )
    try:
        process.wait_output('"ready"', within=60.0)
        process.wait_output('"prompts prepared"', within=180.0)
    except BaseException:
        process.stop()
        raise
    return process


def ask(folder: Path, command: str, within: float = 20.0, **arguments: Any) -> Any:
    """The answer of the switch in `folder` over its control socket. Raises BenchmarkError when it refuses."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.settimeout(within)
        control.connect(str(folder / "state" / "control.sock"))
        control.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        with control.makefile() as lines:
            answer = json.loads(lines.readline())
    if not answer.get("ok"):
        raise BenchmarkError(f"{command}: {answer}")
    return answer["result"]


def start_bare_loop(folder: Path, address: str, callee: str) -> Process:
    """See bare_loop.py; `callee` is the address where every call goes."""
    process = Process(
        [sys.executable, "-m", "benchmarks.bare_loop", address, callee], folder, "bare_loop.log"
    )
    try:
        process.wait_output("ready")
    except BaseException:
        process.stop()
        raise
    return process
