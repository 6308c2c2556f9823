"""softswitch run: whatever keeps the switch from starting is a sentence with a remedy, and exit code 1."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

from softswitch.api.control import Refused
from softswitch.config import load
from softswitch.sip.errors import EngineFailure, error_for
from tests.cli.fake import Command
from tests.rig.ports import new_address

PlaySwitch = Callable[[Callable[[Path], int]], None]


@pytest.fixture
def play_switch(monkeypatch: pytest.MonkeyPatch) -> PlaySwitch:
    """Puts a function in the place of the switch."""

    def play(run: Callable[[Path], int]) -> None:
        module = ModuleType("softswitch.app.running")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "softswitch.app.running", module)

    return play


def failing(error: Exception) -> Callable[[Path], int]:
    def run(path: Path) -> NoReturn:
        raise error

    return run


def test_the_switchs_exit_code_is_the_commands(
    softswitch: Command, dialplan: Path, play_switch: PlaySwitch
) -> None:
    asked: list[Path] = []

    def run(path: Path) -> int:
        asked.append(path)
        return 7

    play_switch(run)
    assert softswitch("run", dialplan).exit_code == 7
    assert asked == [dialplan]


def test_a_wrong_dialplan_is_told_as_check_tells_it(
    softswitch: Command, folder: Path, play_switch: PlaySwitch
) -> None:
    (folder / "x.yaml").write_text(
        "domain: a.example\nextensions: {101: {password: abcdefgh}}\nlanguge: de\n"
    )

    def run(path: Path) -> int:
        load(path)
        return 0

    play_switch(run)
    result = softswitch("run", "x.yaml")
    assert result.exit_code == 1
    assert "x.yaml:3:1: error: languge: unknown key 'languge'\n    3 │ languge: •••\n" in result.stderr
    assert result.stderr.endswith("the switch did not start: 1 error in its dialplan\n")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("error", "said", "remedy"),
    [
        (
            error_for(
                "cannot listen on udp 10.1.1.1 port 5060", 120000 + errno.EADDRNOTAVAIL, "Cannot assign"
            ),
            "cannot listen on udp 10.1.1.1 port 5060",
            "this machine has no such address: correct `listen`",
        ),
        (
            error_for("cannot listen on udp 0.0.0.0 port 80", 120000 + errno.EACCES, "Permission denied"),
            "port 80",
            "CAP_NET_BIND_SERVICE",
        ),
        (
            error_for("cannot listen on udp :: port 5060", 120000 + errno.EAFNOSUPPORT, "no IPv6"),
            "no IPv6",
            "take the IPv6 listener out",
        ),
        (
            EngineFailure("codec gsm", 0, "not in this build"),
            "codec gsm: not in this build",
            "softswitch doctor",
        ),
        (
            error_for("cannot listen on udp 127.0.0.1 port 45060", 120000 + errno.EADDRINUSE, "in use"),
            "in use",
            "softswitch doctor",
        ),
        (Refused("another switch uses it", "stop it first"), "another switch uses it", "stop it first"),
        (
            PermissionError(13, "Permission denied", "/var/lib/softswitch"),
            "/var/lib/softswitch: Permission denied",
            "softswitch doctor",
        ),
    ],
)
def test_why_it_did_not_start(
    softswitch: Command, dialplan: Path, play_switch: PlaySwitch, error: Exception, said: str, remedy: str
) -> None:
    play_switch(failing(error))
    result = softswitch("run", dialplan)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: the switch did not start: ")
    assert said in result.stderr
    assert f"remedy: {remedy}" in result.stderr or remedy in result.stderr.partition("remedy: ")[2]


def test_without_pjsip(softswitch: Command, dialplan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "softswitch.app.running", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPjsip(), *sys.meta_path])
    result = softswitch("run", dialplan)
    assert result.exit_code == 1
    assert "No module named" in result.stderr
    assert "`make setup`" in result.stderr


class NoPjsip:
    """Finds no switch, as if what it needs were not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "softswitch.app.running":
            raise ModuleNotFoundError("No module named 'pjsua2'", name="pjsua2")


def test_who_holds_the_port_is_named(softswitch: Command, folder: Path, play_switch: PlaySwitch) -> None:
    address = new_address()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((address, 0))
        port = holder.getsockname()[1]
        (folder / "x.yaml").write_text(
            f"domain: a.example\nlisten: ['udp://{address}:{port}', 'tcp://{address}:{port}']\n"
            "extensions: {101: {password: abcdefgh}}\n"
        )
        play_switch(failing(error_for("cannot listen", 120000 + errno.EADDRINUSE, "Address already in use")))
        result = softswitch("run", "x.yaml")

    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0] == "error: the switch did not start: its port is in use"
    assert lines[1].startswith(f"  udp://{address}:{port} is taken by ")
    assert lines[1].endswith(f"(pid {os.getpid()})")
    assert len(lines) == 3


def test_as_a_process_it_says_the_same_without_a_traceback(folder: Path) -> None:
    """The real switch, on a port that this test holds."""
    pytest.importorskip("softswitch_pjsip._tap", exc_type=ImportError)
    address = new_address()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((address, 0))
        port = holder.getsockname()[1]
        (folder / "x.yaml").write_text(
            f"domain: a.example\nlisten: ['udp://{address}:{port}']\n"
            "extensions: {101: {password: abcdefgh}}\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "softswitch.cli.main", "run", "x.yaml"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
        )
    assert done.returncode == 1
    assert "error: the switch did not start: its port is in use\n" in done.stderr
    assert f"udp://{address}:{port} is taken by " in done.stderr
    assert "Traceback" not in done.stderr
