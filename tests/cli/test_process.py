"""The command as a process: it starts quickly, and behaves in a pipe."""

import json
import os
import platform
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.fake import FakeSwitch
from tests.cli.samples import busy_call, registration

ROOT = str(Path(__file__).parents[2])


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "softswitch.cli.main", *arguments],
        capture_output=True,
        timeout=30,
        check=False,
        env={"PYTHONPATH": ROOT, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
    )


def test_version(folder: Path) -> None:
    found = json.loads(run("version", "--json").stdout)
    assert list(found) == ["softswitch", "pjsip", "python", "openssl"]
    assert found["python"] == platform.python_version()
    assert found["openssl"] in ssl.OPENSSL_VERSION


PJSIP = {"pjsua2", "softswitch_pjsip", "uvloop", "numpy"}
HEAVY = {"sqlalchemy", "alembic", "psycopg", "matplotlib", "openpyxl", "asyncio", "aiosmtplib"}
DIALPLAN = {"softswitch.config.dialplan", "ruamel", "yaml", "phonenumbers", "holidays"}


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        ("--help", PJSIP | HEAVY | DIALPLAN),
        ("version", PJSIP | HEAVY | DIALPLAN),
        ("status", PJSIP | HEAVY | DIALPLAN),
        ("check office.yaml", PJSIP | HEAVY | {"ruamel"}),
        ("doctor", PJSIP),
    ],
)
def test_it_loads_only_what_it_needs(dialplan: Path, arguments: str, unneeded: set[str]) -> None:
    """What makes a command slow to start is what it imports (the times: benchmarks/commands.py)."""
    program = (
        "import sys; from softswitch.cli.main import app\n"
        f"try: app({arguments.split()!r})\nexcept SystemExit: pass\n"
        f"bad = {unneeded!r} & set(sys.modules)\n"
        "sys.exit(f'loaded {sorted(bad)}' if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": ROOT, "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr


def test_no_colours_in_a_pipe(folder: Path) -> None:
    (folder / "x.yaml").write_text("domain: a.example\n")
    assert b"\x1b" not in run("check", "x.yaml").stdout


def test_colours_on_a_terminal_unless_unwanted(folder: Path) -> None:
    (folder / "x.yaml").write_text("domain: a.example\n")
    assert b"\x1b[" in on_terminal("check", "x.yaml", TERM="xterm-256color")
    assert b"\x1b[" not in on_terminal("check", "x.yaml", TERM="xterm-256color", NO_COLOR="1").replace(
        b"\x1b[1m", b""
    ).replace(b"\x1b[0m", b"").replace(b"\x1b[2m", b"")


def test_a_terminal_without_utf_8_gets_plain_lines(switch: FakeSwitch) -> None:
    trace = busy_call()
    trace["call"]["caller_name"] = "Jörg 日本"
    switch.result("trace", trace)
    done = run("trace", "last", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"|--------- INVITE (SDP) --------->|" in done.stdout
    switch.result("registrations", {"registrations": [registration(name="Jörg 日本")]})
    assert run("registrations", PYTHONIOENCODING="ascii").returncode == 0


def test_a_reader_that_leaves_early_is_no_failure(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "softswitch.cli.main", "schema"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": ROOT, "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), complaint) == (0, b"")


def test_wrong_options_have_exit_code_2(folder: Path) -> None:
    done = run("calls", "--recent", "-1")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def on_terminal(*arguments: str, **environment: str) -> bytes:
    """The output as a terminal gets it."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "softswitch.cli.main", *arguments],
        stdout=theirs,
        stderr=theirs,
        env={"PYTHONPATH": ROOT, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
    )
    os.close(theirs)
    output = b""
    try:
        while part := os.read(ours, 65536):
            output += part
    except OSError:  # Linux says EIO when the other side has closed
        pass
    finally:
        os.close(ours)
    process.wait(30)
    return output
