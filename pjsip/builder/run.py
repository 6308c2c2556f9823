"""Runs the outside programs of the build and keeps what they say in one log per stage."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.errors import BuildError

LINES_SHOWN_ON_FAILURE = 30


def say(text: str) -> None:
    """Tells the user what is going on; on stderr, since stdout carries the wheel's path."""
    sys.stderr.write(f"pjsip: {text}\n")
    sys.stderr.flush()


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    remedy: str = "",
) -> None:
    """Run `command`, output appended to `log`; a failure shows the log's end and raises BuildError."""
    words = [str(word) for word in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(words)}\n".encode())
        output.flush()
        start = output.tell()
        try:
            # LC_ALL: the build reads some of the programs' answers.
            code = subprocess.run(
                words,
                cwd=cwd,
                env={**os.environ, "LC_ALL": "C", **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except OSError as error:
            raise BuildError(f"cannot run `{words[0]}`: {error.strerror}. {remedy}".rstrip()) from error
    if code:
        said = log.read_bytes()[start:].decode(errors="replace").splitlines()
        tail = "\n".join(f"  {line}" for line in said[-LINES_SHOWN_ON_FAILURE:])
        raise BuildError(
            f"`{' '.join(words)[:200]}` ended with code {code}; all it said is in {log}, the end:\n{tail}"
            + (f"\n{remedy}" if remedy else "")
        )


def answer(command: Sequence[str | Path]) -> str:
    """What `command` prints, stripped; empty when it is missing or fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
