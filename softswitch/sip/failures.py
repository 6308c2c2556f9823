"""Counts failed proofs by source address, against brute force (RFC 3261 §26.1.1 leaves the how to us)."""

import ipaddress
import time
from collections.abc import Callable


class Failures:
    """After `limit` failures within `window` seconds an address is blocked until the window ends.

    At most `capacity` addresses are remembered, the oldest are forgotten first. An IPv6 address counts with
    its /64, since that is what one customer has. `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        limit: int = 20,
        window: float = 60.0,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if limit < 1 or window <= 0 or capacity < 1:
            raise ValueError(f"limit {limit}, window {window} and capacity {capacity} must be above 0")
        self._limit = limit
        self._window = window
        self._capacity = capacity
        self._clock = clock
        # Address → failures and the window's end; in order of the windows, as each gets the same length.
        self._counts: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        """Addresses remembered."""
        return len(self._counts)

    def blocked(self, ip: str) -> bool:
        """True when the address has failed too often of late."""
        if not self._counts:
            return False
        count, end = self._counts.get(_network(ip), (0, 0.0))
        return count >= self._limit and self._clock() < end

    def add(self, ip: str) -> bool:
        """Counts a failure; True when it was the one that blocks the address."""
        key, now = _network(ip), self._clock()
        count, end = self._counts.get(key, (0, 0.0))
        if now >= end:
            self._counts.pop(key, None)
            self._make_room(now)
            count, end = 0, now + self._window
        self._counts[key] = (count + 1, end)
        return count + 1 == self._limit

    def _make_room(self, now: float) -> None:
        while self._counts:
            oldest = next(iter(self._counts))
            if len(self._counts) < self._capacity and self._counts[oldest][1] > now:
                return
            del self._counts[oldest]


def _network(ip: str) -> str:
    if ":" not in ip:
        return ip
    address = ipaddress.IPv6Address(ip.partition("%")[0])
    return str(address.ipv4_mapped or int(address) >> 64)
