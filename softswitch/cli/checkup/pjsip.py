"""PJSIP: whether it loads, and what it was built with."""

import json
import subprocess
import sys
from collections.abc import Iterator

from softswitch.cli.checkup.finding import Finding, error, good

SUBJECT = "PJSIP"
_PATIENCE = 20.0
_REMEDY = "run `make setup` in the source tree: it builds PJSIP and installs it"
# In a process of its own: a library that does not fit may end it without a word.
_PROGRAM = """
import json, pjsua2 as pj, softswitch_pjsip._tap
endpoint = pj.Endpoint()
endpoint.libCreate()
config = pj.EpConfig()
config.logConfig.level = config.logConfig.consoleLevel = 0
endpoint.libInit(config)
found = {"version": endpoint.libVersion().full, "codecs": [one.codecId for one in endpoint.codecEnum2()]}
print("\\n" + json.dumps(found), flush=True)
endpoint.libDestroy()
"""


def look_at_pjsip(codecs: tuple[str, ...]) -> Iterator[Finding]:
    """Loads it in another process; `codecs` are those that the dialplan wants."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as reason:
        yield error(SUBJECT, f"it does not load: {reason}", "the switch does not start without it", _REMEDY)
        return
    yield from verdict(done.returncode, done.stdout, done.stderr, codecs)


def verdict(code: int, output: str, complaint: str, codecs: tuple[str, ...]) -> Iterator[Finding]:
    """What the other process's end means."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        last = (complaint.strip().splitlines() or [f"exit code {code}"])[-1]
        yield error(SUBJECT, f"it does not load: {last}", "the switch does not start without it", _REMEDY)
        return
    found = json.loads(lines[-1])
    names = [codec.partition("/")[0] for codec in found["codecs"]]
    missing = [codec for codec in codecs if codec not in {name.lower() for name in names}]
    if missing:
        yield error(
            SUBJECT,
            f"version {found['version']} is built without {', '.join(missing)}",
            "the dialplan's codecs name it, so the switch does not start",
            f"{_REMEDY}; or take it out of codecs",
        )
    else:
        yield good(SUBJECT, f"version {found['version']} with {', '.join(dict.fromkeys(names))}")
