"""Nonces that the switch need not remember until they are used (RFC 7616 §3.3, §3.4.6).

A nonce carries its serial number and time of issue, signed with a key that lives as long as the process
and bound to the address that asked for it. So a flood of requests without credentials costs no memory, a
nonce cannot be invented or borrowed, and after a restart every old nonce is simply stale: phones retry at
once without asking their user.

Only what a phone proved to own is remembered: the counts used with it, against replay.
"""

import hashlib
import heapq
import hmac
import secrets
import time
from collections.abc import Callable, Hashable
from enum import Enum
from typing import Final, NamedTuple

_STAMP: Final = 12  # bytes: 48 bits of serial number, 48 bits of milliseconds since the key was made
_SIGNATURE: Final = 12
_LENGTH: Final = (_STAMP + _SIGNATURE) * 2
_WINDOW: Final = 64
RETRANSMISSION: Final = 32.0
"""Seconds for which the same request may come again: 64*T1, RFC 3261 §17.1.2.2."""


class Use(Enum):
    """What to think of a nonce that came with a proof."""

    FRESH = "fresh"
    """This count was never used with this nonce."""
    RETRANSMITTED = "retransmitted"
    """The same request once more, as UDP does: answer as the first time."""
    REPLAYED = "replayed"
    """Another request used this count: somebody copies, or counts wrongly."""
    STALE = "stale"
    """Expired, evicted, of another process or for another address."""


class Stamp(NamedTuple):
    """What a good nonce says."""

    serial: int
    age: float
    """Seconds."""


class _Used:
    """The counts that came with one nonce: the highest, and one bit for each of the 64 below it."""

    __slots__ = ("highest", "requests", "seen")

    def __init__(self) -> None:
        self.highest = -1
        self.seen = 0
        # Count → (request, time), for the last few: enough to know a retransmission.
        self.requests: dict[int, tuple[Hashable, float]] = {}

    def take(self, count: int, request: Hashable, now: float) -> Use:
        if count > self.highest:
            self.seen = (self.seen << min(count - self.highest, _WINDOW) | 1) & (2**_WINDOW - 1)
            self.highest = count
        else:
            behind = self.highest - count
            if behind >= _WINDOW or self.seen >> behind & 1:
                known = self.requests.get(count)
                again = known is not None and known[0] == request and now - known[1] <= RETRANSMISSION
                return Use.RETRANSMITTED if again else Use.REPLAYED
            self.seen |= 1 << behind
        if len(self.requests) >= 8:
            del self.requests[next(iter(self.requests))]
        self.requests[count] = (request, now)
        return Use.FRESH


class _Generation:
    """Used nonces of neighbouring serial numbers: they expire and are evicted together."""

    __slots__ = ("newest", "used")

    def __init__(self) -> None:
        self.used: dict[int, _Used] = {}
        self.newest = 0.0


class Nonces:
    """Issues nonces and says of each use whether it is a first one.

    `lifetime` is in seconds. At most about `capacity` used nonces are remembered: beyond, the oldest serial
    numbers are declared stale, whether used or not. `clock` is monotonic, in seconds.
    """

    def __init__(
        self, lifetime: float = 300.0, capacity: int = 100_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if lifetime <= 0:
            raise ValueError(f"nonce lifetime {lifetime} s is too short: use more than 0 s")
        if capacity < 64:
            raise ValueError(f"room for {capacity} nonces is too little: use 64 or more")
        self.lifetime = lifetime
        self._capacity = capacity
        self._width = capacity // 64
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._epoch = clock()
        self._serial = 0
        self._oldest_serial = 0
        self._remembered = 0
        self._generations: dict[int, _Generation] = {}
        self._order: list[int] = []

    def __len__(self) -> int:
        """How many used nonces are remembered."""
        return self._remembered

    def change_lifetime(self, lifetime: float) -> None:
        """From now on. Nonces issued before are stale: those forgotten as expired must not come to life."""
        if lifetime != self.lifetime:
            self.lifetime = lifetime
            self._oldest_serial = self._serial + 1
            self._generations.clear()
            self._order.clear()
            self._remembered = 0

    def issue(self, address: str) -> str:
        """A new nonce for the given IP address: 48 characters that need no escaping."""
        self._serial += 1
        stamp = (self._serial << 48 | self._milliseconds()).to_bytes(_STAMP)
        return (stamp + self._sign(stamp, address)).hex()

    def read(self, nonce: str, address: str) -> Stamp | None:
        """What the nonce says; None unless it is ours, for this address, not expired and not evicted."""
        if len(nonce) != _LENGTH:
            return None
        try:
            data = bytes.fromhex(nonce)
        except ValueError:
            return None
        stamp = data[:_STAMP]
        if not hmac.compare_digest(data[_STAMP:], self._sign(stamp, address)):
            return None
        serial, issued = divmod(int.from_bytes(stamp), 2**48)
        age = (self._milliseconds() - issued) / 1000
        if age > self.lifetime or serial < self._oldest_serial:
            return None
        return Stamp(serial, age)

    def use(self, stamp: Stamp | None, count: int | None, request: Hashable) -> Use:
        """Notes a use by a sender that proved the password; `stamp` is what `read` just said.

        `count` is the nonce-count; None stands for the legacy digest without qop, which makes a nonce good
        for one request. `request` identifies the request over its retransmissions.
        """
        if stamp is None:
            return Use.STALE
        serial, age = stamp
        now = self._clock()
        key = serial // self._width
        generation = self._generations.get(key)
        if generation is None:
            generation = self._new_generation(key, now)
        used = generation.used.get(serial)
        if used is None:
            used = generation.used[serial] = _Used()
            generation.newest = max(generation.newest, now - age)
            self._remembered += 1
            if self._remembered > self._capacity:
                self._evict()
        return used.take(0 if count is None else count, request, now)

    def _milliseconds(self) -> int:
        return int((self._clock() - self._epoch) * 1000)

    def _sign(self, stamp: bytes, address: str) -> bytes:
        return hashlib.blake2b(stamp + address.encode(), digest_size=_SIGNATURE, key=self._key).digest()

    def _new_generation(self, key: int, now: float) -> _Generation:
        while self._order and now - self._generations[self._order[0]].newest > self.lifetime:
            self._drop_oldest()
        heapq.heappush(self._order, key)
        generation = self._generations[key] = _Generation()
        generation.newest = now - self.lifetime
        return generation

    def _evict(self) -> None:
        """Forgets the oldest serial numbers; what was issued up to there is stale from now on."""
        self._oldest_serial = (self._order[0] + 1) * self._width
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        key = heapq.heappop(self._order)
        self._remembered -= len(self._generations.pop(key).used)
