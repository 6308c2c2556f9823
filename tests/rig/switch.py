"""The switch as its users have it: the real command as a process, its dialplan a file, its log read along."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.rig.nursery import nursery
from tests.rig.ports import new_address, switch_rtp_range
from tests.rig.process import Peer
from tests.rig.waiting import PATIENCE, RigError, Timeline, until_told

COMMAND = (sys.executable, "-m", "softswitch.cli.main")
DOMAIN = "office.example"

_LINGERS = 0.5
"""Seconds that a test's last answers have to arrive before its switch is killed."""

Line = dict[str, Any]
# All switches of this machine's tests speak the same words: made once.
PROMPTS = Path(tempfile.gettempdir()) / f"softswitch-rig-{os.getuid()}" / "prompts"


def dialplan(address: str, extensions: Sequence[str] = ("101", "102"), **settings: Any) -> dict[str, Any]:
    """A dialplan on that address: UDP and TCP at 5060, password `pw-` and the number.

    MD5 alone, since SIPp knows no other and baresip takes fright at a second.

    `settings` are top-level keys; they replace what is here.
    """
    plan: dict[str, Any] = {
        "version": 1,
        "domain": DOMAIN,
        "listen": [f"udp://{address}:5060", f"tcp://{address}:5060"],
        "registration": {"algorithms": ["md5"]},
        "rtp": {"ports": switch_rtp_range()},
        "log": {"level": "debug", "format": "json"},
        "extensions": {
            number: {"name": f"Phone {number}", "password": password(number)} for number in extensions
        },
    }
    return {**plan, **settings}


def password(number: str) -> str:
    """The password that `dialplan` gives an extension."""
    return f"pw-{number}"


class Switch:
    """A running switch. `address` is where phones find it if its dialplan came from `dialplan`."""

    def __init__(self, address: str, file: Path, process: Peer) -> None:
        self.address = address
        self.file = file
        self.process = process
        self.log: Timeline[Line] = Timeline("switch", self._story)
        self._allowed: list[str] = []
        process.on_line = self._note

    @classmethod
    async def start(
        cls,
        folder: Path,
        plan: Mapping[str, Any] | str | None = None,
        address: str | None = None,
        within: float = 20.0,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = COMMAND,
    ) -> "Switch":
        """Writes the dialplan, runs the switch and waits until it says that it is ready.

        A folder used before keeps its state: so restarts are tested.
        """
        address = address or new_address()
        file = _write(folder, dialplan(address) if plan is None else plan)
        ours = {"PYTHONPATH": str(Path(__file__).parents[2]), "SOFTSWITCH_PROMPTS": str(PROMPTS)}
        if command is COMMAND and not environment:
            forked = await nursery().start(["run", str(file)], folder, {**os.environ, **ours})
            process = Peer("switch", forked)
        else:
            words = [*command, "run", str(file)]
            process = await Peer.start("switch", words, folder, {**ours, **(environment or {})})
        switch = cls(address, file, process)
        try:
            await switch._ready(within)
        except BaseException:
            process.kill()
            await switch._end()
            raise
        return switch

    async def wait_log(
        self, predicate: Callable[[Line], bool], what: str = "log line", within: float = PATIENCE
    ) -> Line:
        """The first log line that matches, past or to come."""
        return await self.log.seen(predicate, what, within)

    async def wait_event(self, event: str, within: float = PATIENCE, **fields: Any) -> Line:
        """The first log line with that `event` and these fields, past or to come."""
        wanted = {"event": event, **fields}
        return await self.wait_log(lambda line: wanted.items() <= line.items(), f"log line {wanted}", within)

    async def control(self, command: str, within: float = PATIENCE, **arguments: Any) -> Any:
        """Asks over the control socket; returns the result. Raises RigError if it refuses."""
        answer = await self.control_answer(command, within, **arguments)
        if not answer.get("ok"):
            raise RigError(f"switch: {command} {arguments}: {answer}\n{self._story()}")
        return answer.get("result")

    async def control_answer(
        self, command: str, within: float = PATIENCE, **arguments: Any
    ) -> dict[str, Any]:
        """Asks over the control socket; returns the whole answer, also a refusal."""
        path = self.file.parent / "state" / "control.sock"

        async def ask() -> dict[str, Any]:
            reader, writer = await asyncio.open_unix_connection(str(path), limit=2**24)
            try:
                writer.write(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
                await writer.drain()
                answer: dict[str, Any] = json.loads(await reader.readline())
                return answer
            finally:
                writer.close()
                await writer.wait_closed()

        try:
            return await asyncio.wait_for(ask(), within)
        except (OSError, TimeoutError, ValueError) as error:
            raise RigError(f"switch: no answer to {command} at {path}: {error!r}\n{self._story()}") from error

    async def idle(self, within: float = PATIENCE) -> None:
        """Waits until no call and no leg is left."""

        async def is_idle() -> bool:
            status = await self.control("status")
            return bool(status["calls"] == 0 and status["legs"] == 0)

        await until_told(is_idle, "no call is left", within, self._story)

    def rewrite(self, plan: Mapping[str, Any] | str) -> None:
        """Writes another dialplan; `hup` or `control("reload")` makes the switch take it."""
        _write(self.file.parent, plan)

    def hup(self) -> None:
        """SIGHUP: reload."""
        self.process.kill(signal.SIGHUP)

    def allow_errors(self, pattern: str) -> None:
        """Error lines matching this regular expression are part of the test."""
        self._allowed.append(pattern)

    def errors(self) -> list[str]:
        """Log lines of level error and above, and tracebacks, that no `allow_errors` allows."""
        levels = ("error", "critical", "exception")
        bad = [json.dumps(line) for line in self.log.items if str(line.get("level", "")).lower() in levels]
        bad += [line for line in self.process.lines.items if line.startswith("Traceback")]
        return [line for line in bad if not any(re.search(pattern, line) for pattern in self._allowed)]

    @property
    def resident_bytes(self) -> int:
        """Its memory (RSS) now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]

    @property
    def libraries(self) -> str:
        """All that it has mapped into its memory, its shared libraries among it."""
        return Path(f"/proc/{self.process.pid}/maps").read_text()

    @property
    def cpu_seconds(self) -> float:
        """CPU time used so far, user and system, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def kill9(self) -> None:
        """SIGKILL, and waits until it is gone."""
        self.process.kill()
        await self._end()

    async def let_go(self) -> None:
        """The end of a test: SIGTERM where nothing is left to wait for, else SIGKILL at once.

        Calls that a test has left up, and BYEs to phones that are gone, would be waited for in vain.
        """
        if self.process.exit_code is None:
            try:
                await until_told(self._has_nothing_left, "nothing is left", _LINGERS, self._story)
            except RigError:
                self.process.kill()
        await self.process.stop(within=5.0)

    async def _has_nothing_left(self) -> bool:
        status = await self.control("status")
        return not (status["calls"] or status["legs"] or status["lingering_dialogs"])

    async def terminate(self, within: float = 15.0) -> int:
        """SIGTERM; the exit code. Raises RigError if it goes on or has logged errors."""
        self.process.kill(signal.SIGTERM)
        try:
            code = await self.process.wait(within)
        finally:
            self.process.kill()
            await self._end()
        self.check_log()
        return code

    def check_log(self) -> None:
        """Raises RigError if there are `errors`."""
        if bad := self.errors():
            raise RigError("the switch logged errors:\n" + "\n".join(bad[:20]) + "\n" + self._story())

    async def _ready(self, within: float) -> None:
        ready = asyncio.ensure_future(self.wait_event("ready", within))
        ended = asyncio.ensure_future(self.process.wait(within + 1))
        done, _ = await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in {ready, ended} - done:
            task.cancel()
        await asyncio.gather(ready, ended, return_exceptions=True)
        if ready not in done:
            raise RigError(f"the switch did not start\n{self.process.story()}")
        ready.result()

    def _note(self, text: str) -> None:
        if text.startswith("{"):
            with contextlib.suppress(ValueError):
                self.log.add(json.loads(text))

    async def _end(self) -> None:
        await self.process.stop()

    def _story(self) -> str:
        return self.process.story()


def _write(folder: Path, plan: Mapping[str, Any] | str) -> Path:
    """Every JSON text is YAML too."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "dialplan.yaml"
    file.write_text(plan if isinstance(plan, str) else json.dumps(plan, indent=2))
    return file
