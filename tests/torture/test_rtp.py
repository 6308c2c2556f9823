"""Spoiled sound: whatever comes to a call's ports, the call goes on, and so does the switch.

`SOFTSWITCH_FUZZ_SEED=7 pytest tests/torture/test_rtp.py` repeats a run; the seed is printed with a failure.
"""

import random
import struct
import sys
from collections.abc import Awaitable, Callable

from tests.conftest import SwitchFactory
from tests.e2e.conftest import RtpFactory
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.raw import Raw
from tests.rig.rtp import PCMU, RtpPort

_PACKETS = 3000
_BETWEEN_PAUSES = 50
"""Packets sent at once: what the socket's buffer drops is not read."""


def spoiled(chance: random.Random, port: RtpPort) -> tuple[bytes, int]:
    """A packet, and how far above the port of the sound it goes to."""
    kind = chance.random()
    if kind < 0.6:
        payload_type = chance.choice([PCMU, 8, 9, 13, 18, 72, 96, 101, 127, *[port.events] * 5])
        flags = 0x80 | (chance.randrange(64) if chance.random() < 0.3 else 0)  # padding, extension, CSRC
        source = chance.choice([0, 1, 2**32 - 1, chance.randrange(2**32)])
        marker = chance.choice([0, 128])
        sequence, timestamp = chance.randrange(2**16), chance.randrange(2**32)
        head = struct.pack("!BBHII", flags, payload_type | marker, sequence, timestamp, source)
        return head + chance.randbytes(chance.choice([0, 1, 2, 3, 4, 5, 8, 20, 160, 320, 1400])), 0
    if kind < 0.9:
        return b"".join(_rtcp(chance) for _ in range(chance.randrange(1, 5))), 1
    return chance.randbytes(chance.randrange(1500)), chance.randrange(2)


def _rtcp(chance: random.Random) -> bytes:
    """A report, whose length may be a lie (RFC 3550 §6.4)."""
    kind = chance.choice([199, 200, 201, 202, 203, 204, 205, 206, 207, 255])
    length = chance.choice([0, 1, 2, 6, 7, chance.randrange(40), 65535])
    return struct.pack("!BBH", 0x80 | chance.randrange(64), kind, length) + chance.randbytes(
        4 * chance.randrange(12)
    )


async def test_spoiled_sound(
    switch_factory: SwitchFactory,
    raw: Callable[..., Awaitable[Raw]],
    rtp: RtpFactory,
    seed: int,
) -> None:
    sys.stdout.write(f"SOFTSWITCH_FUZZ_SEED={seed}\n")
    chance = random.Random(seed)
    switch = await switch_factory()
    anna = Handset("101", await raw(switch.address), await rtp())
    boris = Handset("102", await raw(switch.address), await rtp())
    for phone in (anna, boris):
        await phone.register()
    talk, called = await connect(anna, boris)
    anna.media.play(440)
    boris.media.play(700)
    for number in range(_PACKETS):
        phone = chance.choice((anna, boris))
        packet, above = spoiled(chance, phone.media)
        phone.media.send_bytes(packet, above)
        if number % _BETWEEN_PAUSES == 0:
            await boris.media.heard(0.02)
    await disconnect(talk, called)
    talk, called = await connect(anna, boris)
    await anna.media.hears({700}, [440, 700])
    await boris.media.hears({440}, [440, 700])
    await disconnect(talk, called)
    await switch.idle()
    switch.check_log()
