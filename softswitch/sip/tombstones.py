"""Remembers for a while what was unregistered, so that a late copy of an older REGISTER cannot revive it."""

from typing import Final

_MEMORY: Final = 64.0  # seconds: twice as long as any copy may be under way (64*T1, RFC 3261 §17.1.2.2)


class Tombstones:
    """The last CSeq that removed a binding, by AOR and Call-ID; at most `capacity` of them."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._last: dict[tuple[str, str], tuple[int, float]] = {}

    def add(self, aor: str, call_id: str, cseq: int, now: float) -> None:
        """Notes a removal by the request of that Call-ID and CSeq."""
        key = (aor, call_id)
        self._last.pop(key, None)
        while self._last:
            oldest = next(iter(self._last))
            if len(self._last) < self._capacity and now - self._last[oldest][1] <= _MEMORY:
                break
            del self._last[oldest]
        self._last[key] = (cseq, now)

    def covers(self, aor: str, call_id: str, cseq: int, now: float) -> bool:
        """True when the request is not newer than one that removed a binding."""
        if not self._last:
            return False
        last = self._last.get((aor, call_id))
        return last is not None and cseq <= last[0] and now - last[1] <= _MEMORY
