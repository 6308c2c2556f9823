"""RTP for many legs: rtp_load.c, compiled when it is first needed."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.processes import BenchmarkError

SOCKETS = 8
FIRST_PORT = 30000
"""RTP of leg n is at FIRST_PORT + 2 * (n % SOCKETS)."""
_SOURCE = Path(__file__).with_name("rtp_load.c")


@dataclass(frozen=True, slots=True)
class RtpLeg:
    """One leg's stream: the number of our socket, where the switch wants its packets, and what they are."""

    socket: int
    address: str
    port: int
    payload_type: int
    codec: str
    """pcmu, g722, opus, or tone/HERTZ/ROOM: G.711 with a tone in it, for who hears whom."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it. Delays in milliseconds, from sending to hearing, of G.711 bridged to G.711."""

    legs: int
    sent: int
    """In the time that counts."""
    sent_in_all: int
    received: int
    heard: int
    """Of the sent packets, how many were heard at the other end, told by their samples."""
    wrong: int
    rtp_gaps: int
    """Numbers missing in the RTP that the switch sent."""
    rate: float
    """Packets a second that a leg gets from the switch, mean; 50 while its clock keeps time."""
    slowest: float
    p50: float
    p99: float
    max: float
    late: float
    """How late the sender itself was at its worst: what the machine did to it, not the switch."""
    late_packets: int = 0
    """Of all but Opus: packets more than 20 ms behind the leg's earliest one."""
    behind: float = 0.0
    """The latest of them."""
    missing: int = 0
    """Pairs of one room of which one does not hear the other; legs with a tone, in the last second."""
    own: int = 0
    """Legs that hear themselves."""
    strange: int = 0
    """Pairs of two rooms of which one hears the other."""


def local_port(leg: int) -> int:
    """Where leg number `leg` expects its RTP."""
    return FIRST_PORT + 2 * (leg % SOCKETS)


@cache
def program() -> Path:
    """The compiled sender, kept by content. Raises BenchmarkError when there is no compiler or no libopus."""
    name = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    target = Path(tempfile.gettempdir()) / f"softswitch-rtp-load-{name}"
    if not target.exists():
        built = target.with_suffix(".new")
        command = ["gcc", "-O2", "-o", str(built), str(_SOURCE), "-lopus", "-lm"]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise BenchmarkError("gcc is missing: apt install gcc") from error
        except subprocess.CalledProcessError as error:
            raise BenchmarkError(f"rtp_load.c does not compile (libopus-dev?):\n{error.stderr}") from error
        built.rename(target)
    return target


class RtpLoad:
    """RTP in the background: `warm_up` seconds that do not count, then `seconds` that do."""

    def __init__(self, address: str, legs: Sequence[RtpLeg], warm_up: float, seconds: float) -> None:
        command = [str(program()), address, str(FIRST_PORT), str(SOCKETS), str(warm_up), str(seconds)]
        self._seconds = warm_up + seconds
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        lines = (f"{leg.socket} {leg.address} {leg.port} {leg.payload_type} {leg.codec}\n" for leg in legs)
        if self._child.stdin is None:
            raise BenchmarkError("rtp_load has no input")
        self._child.stdin.writelines(lines)
        self._child.stdin.close()
        self._child.stdin = None

    def finish(self) -> Heard:
        """Waits for its end."""
        output, errors = self._child.communicate(timeout=self._seconds + 30)
        if self._child.returncode != 0:
            raise BenchmarkError(f"rtp_load ended with {self._child.returncode}: {errors}")
        return Heard(**json.loads(output))

    def __enter__(self) -> "RtpLoad":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
