"""A media endpoint of our own: sends a tone, keys or nothing as RTP (PCMU), and measures what comes back."""

import asyncio
import contextlib
import re
import struct
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from media.samples import FULL_SCALE, Samples
from media.spectrum import frequencies_in, likeness
from media.tones import sine
from tests.rig.ports import new_address
from tests.rig.recording import Recording
from tests.rig.waiting import PATIENCE, Timeline, until

RATE = 8000
FRAME = 160
PCMU, EVENTS = 0, 101
KEYS = "0123456789*#ABCD"
_STEP = 3
"""Packets between two moments at which `hears` listens."""


@dataclass(frozen=True, slots=True)
class Packet:
    """An RTP packet (RFC 3550 §5.1) with the time of its coming, monotonic seconds."""

    at: float
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    sender: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """What the way did to the packets of one payload type: when they came depends on the machine's load."""

    received: int
    lost: int
    duplicates: int


class RtpPort:
    """One RTP socket. `sdp` says how to reach it; `packets` holds what came."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        self.port = port
        self.packets: Timeline[Packet] = Timeline(f"RTP {address}:{port}", self._story)
        self.remote: tuple[str, int] | None = None
        self.events = EVENTS
        self._transport: asyncio.DatagramTransport | None = None
        self._sender: asyncio.Task[None] | None = None
        self._answers_from = 0
        """Which packet was the first after the last key, or after the far end was set."""
        self._sequence, self._timestamp, self._source = 1000, 0, int(time.monotonic_ns()) & 0xFFFFFFFF

    @classmethod
    async def open(cls, address: str | None = None, port: int = 6000) -> "RtpPort":
        """Binds the socket."""
        rtp = cls(address or new_address(), port)
        loop = asyncio.get_running_loop()
        rtp._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(rtp), local_addr=(rtp.address, port)
        )
        return rtp

    def sdp(
        self, direction: str = "sendrecv", version: int = 1, address: str = "", keys: bool = True
    ) -> bytes:
        """An offer or answer of PCMU and, unless without, keys at this socket, or at another `address`.

        `version` goes up with each change in a dialog.
        """
        lines = ["v=0", f"o=rig 1 {version} IN IP4 {self.address}", "s=-"]
        lines += [f"c=IN IP4 {address or self.address}", "t=0 0"]
        lines += [f"m=audio {self.port} RTP/AVP {PCMU}" + (f" {EVENTS}" if keys else "")]
        lines += [f"a=rtpmap:{PCMU} PCMU/{RATE}"]
        if keys:
            lines += [f"a=rtpmap:{EVENTS} telephone-event/{RATE}", f"a=fmtp:{EVENTS} 0-15"]
        lines += [f"a={direction}", ""]
        return "\r\n".join(lines).encode()

    def send_to(self, sdp: bytes) -> None:
        """Sets the far end from its SDP, and the payload type that it wants keys in."""
        found = re.search(rb"a=rtpmap:(\d+) telephone-event/8000", sdp)
        self.events = int(found[1]) if found else EVENTS
        lines = sdp.decode().splitlines()
        address = next(line.split()[-1] for line in lines if line.startswith("c="))
        self.remote = (address, int(next(line.split()[1] for line in lines if line.startswith("m=audio"))))
        self._answers_from = len(self.packets.items)

    def play(self, frequency: float, dbfs: float = -20.0) -> None:
        """Starts a tone that goes on until `hush` or `close`; needs a whole number of Hz."""
        self.hush()
        self._sender = asyncio.create_task(self._play(encode_mu_law(sine(frequency, 1.0, RATE, dbfs))))

    def play_sound(self, samples: Samples) -> None:
        """The same with any sound of a whole number of 20 ms, over and over."""
        self.hush()
        self._sender = asyncio.create_task(self._play(encode_mu_law(samples)))

    def hush(self) -> None:
        """Stops sending."""
        if self._sender is not None:
            self._sender.cancel()
            self._sender = None

    async def press(self, key: str, milliseconds: int = 100) -> None:
        """Sends a key as RFC 4733 event: a packet each 20 ms, the last one three times with the end bit."""
        self._answers_from = len(self.packets.items)
        steps = max(1, milliseconds // 20)
        started = self._timestamp
        for step in range(1, steps + 3):
            end = step >= steps
            payload = struct.pack(
                "!BBH", KEYS.index(key.upper()), 10 | (0x80 if end else 0), min(step, steps) * FRAME
            )
            self._send(self.events, payload, started, marker=step == 1)
            await asyncio.sleep(0.02 if not end else 0)
        self._timestamp = started + steps * FRAME

    async def heard(self, seconds: float, within: float = PATIENCE) -> Recording:
        """Waits until PCMU for so many seconds has come since now, and returns that."""
        start = len(self.packets.items)
        wanted = round(seconds * RATE / FRAME)
        await self.packets.seen(
            lambda _: sum(p.payload_type == PCMU for p in self.packets.items[start:]) >= wanted,
            f"{seconds} s of sound",
            within,
        )
        return sound_of(self.packets.items[start:])

    async def hears(
        self,
        tones: Collection[float],
        among: Sequence[float],
        seconds: float = 0.4,
        within: float = PATIENCE,
        since_key: bool = False,
    ) -> None:
        """Waits until, for so many seconds from now on, these tones of those `among` are all that is heard.

        How soon a tone comes is the machine's: a busy one lets whoever sends it wait. `since_key`: what came
        since the last key counts, too, for a tone that does not last.
        """
        start = self._answers_from if since_key else len(self.packets.items)
        count, place = round(seconds * RATE / FRAME), 0
        found: set[float] = set()

        def is_so() -> bool:
            nonlocal found, place
            voice = self._voice(start)
            while place + count <= len(voice):
                part = sound_of(voice[place : place + count])
                found = frequencies_in(part.samples, part.rate, among)
                if found == set(tones):
                    return True
                place += _STEP
            return False

        what = f"{self.address} hears {sorted(tones)} Hz"
        await until(is_so, what, within, lambda: f"but {sorted(found)}", 0.05)

    async def hears_like(
        self, sound: Samples, least: float = 0.9, seconds: float = 0.9, within: float = PATIENCE
    ) -> None:
        """Waits until, for so many seconds from now on, a part of that sound is all that is heard."""
        start = len(self.packets.items)
        alike = 0.0

        def is_so() -> bool:
            nonlocal alike
            last = self._last(seconds, start)
            alike = 0.0 if last is None else likeness(last.samples, sound)
            return alike > least

        await until(is_so, f"{self.address} hears the sound", within, lambda: f"likeness {alike}", 0.1)

    def recent(self, seconds: float) -> Recording | None:
        """The last PCMU that came, so long; None when there has not been so much.

        What was heard before the last key was pressed is no answer to it, though nothing may have come since.
        """
        return self._last(seconds, self._answers_from)

    def _last(self, seconds: float, start: int) -> Recording | None:
        count = round(seconds * RATE / FRAME)
        voice = self._voice(start)
        return sound_of(voice[-count:]) if len(voice) >= count else None

    def _voice(self, start: int) -> list[Packet]:
        return [p for p in self.packets.items[start:] if p.payload_type == PCMU]

    def keys(self) -> str:
        """The keys that came as RFC 4733 events, each once, in their order."""
        events = {p.timestamp: KEYS[p.payload[0]] for p in self.packets.items if p.payload_type == EVENTS}
        return "".join(events[timestamp] for timestamp in sorted(events))

    def quality(self, payload_type: int = PCMU, start: int = 0) -> Quality:
        """Losses among all that came so far, from packet `start` on; one source is taken for granted."""
        packets = [p for p in self.packets.items[start:] if p.payload_type == payload_type]
        if not packets:
            return Quality(0, 0, 0)
        numbers = {(p.sequence - packets[0].sequence + 32768) % 65536 for p in packets}
        lost = max(numbers) - min(numbers) + 1 - len(numbers)
        return Quality(len(numbers), lost, len(packets) - len(numbers))

    def send_bytes(self, data: bytes, above: int = 0) -> None:
        """Sends anything at all to the far end's port of sound, or so much above it: RTCP's is the next."""
        if self._transport is not None and self.remote is not None:
            self._transport.sendto(data, (self.remote[0], self.remote[1] + above))

    def close(self) -> None:
        """Stops sending and closes the socket."""
        self.hush()
        if self._transport is not None:
            self._transport.close()

    async def _play(self, sound: bytes) -> None:
        position, due = 0, time.monotonic()
        looped = sound + sound[:FRAME]
        while True:
            self._send(PCMU, looped[position : position + FRAME], self._timestamp, marker=position == 0)
            self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
            position = (position + FRAME) % len(sound)
            due += FRAME / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _send(self, kind: int, payload: bytes, timestamp: int, marker: bool = False) -> None:
        head = struct.pack("!BBHII", 0x80, kind | (marker << 7), self._sequence, timestamp, self._source)
        self._sequence = (self._sequence + 1) & 0xFFFF
        if self._transport is not None and self.remote is not None:
            self._transport.sendto(head + payload, self.remote)

    def _story(self) -> str:
        last = [
            f"{p.at:.3f} pt {p.payload_type} seq {p.sequence} from {p.sender}"
            for p in self.packets.items[-5:]
        ]
        return f"{len(self.packets.items)} packets, sending to {self.remote}; last: {last}"


def sound_of(packets: list[Packet]) -> Recording:
    """PCMU packets as sound at their timestamps; what is missing is silence."""
    voice = [p for p in packets if p.payload_type == PCMU]
    if not voice:
        return Recording()
    first = voice[0].timestamp
    places = [((p.timestamp - first + 2**31) % 2**32 - 2**31, p) for p in voice]
    places = [(place, p) for place, p in places if 0 <= place < RATE * 3600]
    sound = np.zeros(max(place + len(p.payload) for place, p in places))
    for place, packet in places:
        sound[place : place + len(packet.payload)] = decode_mu_law(packet.payload)
    return Recording(sound, RATE)


def encode_mu_law(samples: Samples) -> bytes:
    """G.711 µ-law."""
    pcm = np.clip(np.rint(samples * FULL_SCALE), -32635, 32635).astype(np.int32)
    magnitude = np.abs(pcm) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(pcm < 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code.tobytes()


def decode_mu_law(data: bytes) -> Samples:
    """The inverse of `encode_mu_law`."""
    code = ~np.frombuffer(data, np.uint8).astype(np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 132) << ((code >> 4) & 7)) - 132
    result: Samples = np.where(code & 0x80, -magnitude, magnitude) / FULL_SCALE
    return result


def parse_rtp(data: bytes, sender: tuple[str, int]) -> Packet | None:
    """Reads a packet; None for what is no RTP of version 2."""
    if len(data) < 12 or data[0] >> 6 != 2:
        return None
    first, second, sequence, timestamp, source = struct.unpack_from("!BBHII", data)
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10 and len(data) >= start + 4:
        start += 4 + 4 * struct.unpack_from("!H", data, start + 2)[0]
    return Packet(
        time.monotonic(),
        second & 0x7F,
        bool(second & 0x80),
        sequence,
        timestamp,
        source,
        data[start:],
        sender,
    )


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, port: RtpPort) -> None:
        self._port = port

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        with contextlib.suppress(struct.error):
            packet = parse_rtp(data, addr)
            if packet is not None:
                self._port.packets.add(packet)
