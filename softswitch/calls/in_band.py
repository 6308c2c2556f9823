"""Keys that come as sound: some phones and gateways offer no other way (no telephone-event in their SDP)."""

import asyncio
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
    from softswitch.calls.call import Call

_LOOK: Final = 0.05
"""Seconds between two looks at what was heard: a key is known a tenth of a second after it was pressed."""
_BLOCK: Final = 0.04
"""Seconds of sound that the recorder hands on at once."""
_MOST: Final = 4 * 1024 * 1024
"""Bytes of sound kept in memory; then it begins anew."""
_HEADER: Final = 44
"""Bytes of a WAV header."""


def sends_no_events(offer: bytes) -> bool:
    """Whether a session description offers sound without keys as events (RFC 4733)."""
    return b"m=audio" in offer and re.search(rb"telephone-event", offer, re.IGNORECASE) is None


class InBandKeys:
    """Listens to one leg. Each key comes to the call's step as a `Digit`, as from any other phone."""

    def __init__(self, call: "Call", leg: Leg) -> None:
        """Raises SipError."""
        self._call = call
        self._leg = leg
        from media.dtmf import Detector  # with numpy, which few switches ever need

        self._detector = Detector(call.exchange.engine.settings.clock_rate)
        self._loop = asyncio.get_running_loop()
        self._memory = os.memfd_create("in-band-keys", os.MFD_CLOEXEC)
        try:
            self._recorder = self._begin()
        except BaseException:
            os.close(self._memory)
            raise
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(_LOOK, self._look)

    def _begin(self) -> Recorder:
        self._at = _HEADER
        block = round(_BLOCK * self._call.exchange.engine.settings.clock_rate)
        return Recorder(Path(f"/proc/self/fd/{self._memory}"), block)

    @property
    def slot(self) -> int | None:
        """Its place in the bridge: it is to hear the leg and nobody else."""
        return self._recorder.slot

    def close(self) -> None:
        """It listens no more. Harmless when repeated."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._recorder.close()
            os.close(self._memory)

    def _look(self) -> None:
        self._timer = self._loop.call_later(_LOOK, self._look)
        data = os.pread(self._memory, _MOST, self._at)
        data = data[: len(data) // 2 * 2]
        if not data:
            return
        self._at += len(data)
        for key in self._detector.feed_pcm(data):
            self._call.inbox.post(self._leg, Digit(key, 0, by_info=False))
        if self._at > _MOST:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._recorder.close()
        try:
            self._recorder = self._begin()
        except SipError as error:
            self._call.log.warning("keys are not listened for any more", error=str(error))
