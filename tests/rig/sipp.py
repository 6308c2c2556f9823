"""SIPp, the load tool that others wrote, playing one part of tests/rig/scenarios.py.

Things to know of version 3.6.1: it speaks UDP and TCP but no TLS; its digest knows MD5 only and it looks at
the first challenge only, giving up (exit code 255) when that is SHA-256, so what it talks to must offer MD5
first or alone; neither `-key` words nor fields are replaced inside [authentication], so all of it is a field.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.rig.ports import is_bound, new_address
from tests.rig.process import Peer
from tests.rig.scenario import Scenario
from tests.rig.waiting import PATIENCE, RigError, until

MEDIA_PORT = 6000
_MESSAGES_SHOWN = 12000


@dataclass(frozen=True, slots=True)
class User:
    """Who calls or registers."""

    name: str
    password: str = ""
    target: str = ""
    """The number to call."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; every count is SIPp's own."""

    succeeded: int
    failed: int
    retransmissions: int
    messages: str
    """All SIP messages sent and received, with times."""


class Sipp:
    """One running SIPp."""

    def __init__(self, name: str, process: Peer, folder: Path, address: str) -> None:
        self.name = name
        self.process = process
        self.address = address
        self._folder = folder

    @classmethod
    async def start(
        cls,
        scenario: Scenario,
        target: str,
        folder: Path,
        *,
        users: Sequence[User] = (User("sipp"),),
        domain: str = "office.example",
        address: str | None = None,
        port: int = 5060,
        transport: Literal["udp", "tcp"] = "udp",
        calls: int = 1,
        rate: int = 10,
        patience: float = 30.0,
        echo: bool = False,
        trace: bool = True,
        options: Sequence[str] = (),
    ) -> "Sipp":
        """Starts it; a scenario that answers is listening when this returns.

        `target`: address, and port if not 5060, of the switch. `users` are taken in turn, one a call. `echo`
        sends RTP back to its sender. `rate` is calls a second. `trace` off for load. `options`: SIPp's own.
        """
        address = address or new_address()
        _write_folder(folder, scenario, users)
        one = users[0].target if len({user.target for user in users}) == 1 else ""
        command = ["sipp", target, "-sf", "scenario.xml", "-inf", "users.csv", "-key", "domain", domain]
        command += [
            "-auth_uri",
            f"{one}@{domain}" if one else domain,
            "-t",
            "t1" if transport == "tcp" else "u1",
        ]
        command += ["-i", address, "-p", str(port), "-bind_local", "-mi", address, "-mp", str(MEDIA_PORT)]
        command += ["-m", str(calls), "-r", str(rate), "-nostdin", "-aa", "-cp", "8888", "-ci", address]
        command += ["-timeout", f"{patience:g}s", "-timeout_error", "-recv_timeout", f"{patience * 1000:.0f}"]
        command += [
            "-trace_stat",
            "-stf",
            "statistics.csv",
            "-fd",
            "1",
            "-trace_err",
            "-error_file",
            "errors.log",
        ]
        command += ["-trace_msg", "-message_file", "messages.log"] if trace else []
        command += ["-rtp_echo"] if echo else []
        process = await Peer.start(f"sipp {scenario.name}", [*command, *options], folder)
        sipp = cls(scenario.name, process, folder, address)
        if scenario.answers:
            await sipp._listening(address, port, transport)
        return sipp

    async def finished(self, within: float = 40.0) -> Outcome:
        """Waits for its end. Raises RigError unless every call went as the scenario says."""
        outcome, code = await self.ended(within)
        if code != 0:
            raise RigError(f"{self.name}: exit code {code}, {outcome.failed} calls failed\n{self.story()}")
        return outcome

    async def ended(self, within: float = 40.0) -> tuple[Outcome, int]:
        """Waits for its end: 0 all went well, 1 some failed, 97 time ran out, 254 and 255 other trouble."""
        try:
            code = await self.process.wait(within)
        except RigError as error:
            raise RigError(f"{error}\n{self.story()}") from None
        return self._outcome(), code

    async def stop(self) -> None:
        """Ends it at once, without a word to the other side."""
        self.process.kill()
        await self.process.stop()

    def story(self) -> str:
        """Its errors and the end of its SIP messages, for failures."""
        errors, messages = self._text("errors.log"), self._text("messages.log")
        return f"--- {self.name}, errors:\n{errors}\n--- messages:\n{messages}"

    def _text(self, name: str) -> str:
        file = self._folder / name
        return file.read_text(errors="replace")[-_MESSAGES_SHOWN:] if file.is_file() else "(none)"

    def _outcome(self) -> Outcome:
        file = self._folder / "statistics.csv"
        rows = list(csv.reader(file.read_text().splitlines(), delimiter=";")) if file.is_file() else []
        numbers = dict(zip(rows[0], rows[-1], strict=False)) if len(rows) > 1 else {}

        def number(name: str) -> int:
            return int(re.sub(r"\D", "", numbers.get(name, "")) or 0)

        messages = self._folder / "messages.log"
        return Outcome(
            number("SuccessfulCall(C)"),
            number("FailedCall(C)"),
            number("Retransmissions(C)"),
            messages.read_text(errors="replace") if messages.is_file() else "",
        )

    async def _listening(self, address: str, port: int, transport: str) -> None:
        await until(
            lambda: self.process.exit_code is not None or is_bound(address, port, transport),
            f"SIPp listens on {address}:{port}",
            PATIENCE,
            lambda: self.process.story() + self.story(),
        )
        if self.process.exit_code is not None:
            await self.process.wait()
            raise RigError(f"SIPp did not start\n{self.process.story()}\n{self.story()}")


def _row(user: User) -> str:
    """Name, what answers a challenge, number to call. Fields within [authentication] are not replaced."""
    proof = f"[authentication username={user.name} password={user.password}]"
    return f"{user.name};{proof};{user.target};"


def _write_folder(folder: Path, scenario: Scenario, users: Sequence[User]) -> None:
    folder.mkdir(parents=True)
    (folder / "scenario.xml").write_text(scenario.xml())
    rows = "\n".join(_row(user) for user in users)
    (folder / "users.csv").write_text(f"SEQUENTIAL\n{rows}\n")
