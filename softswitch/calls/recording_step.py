"""A step in which the switch talks with the caller and records what he says: a message, a greeting."""

from collections.abc import Awaitable
from pathlib import Path

from softswitch.calls.speaking import Speaking
from softswitch.sip.leg import Leg
from softswitch.sip.recorder import Recorder


class RecordingStep(Speaking):
    """See Speaking."""

    state = "voicemail"
    _recorder: Recorder | None = None

    def record(self, path: Path) -> None:
        """He is recorded there from now on. Raises SipError."""
        self.hush()
        self._recorder = Recorder(path)
        self._connect()

    def stop_recording(self) -> Awaitable[None] | None:
        """Nothing more is recorded. What is returned is done when the file is complete; None: nothing was."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        self._connect()
        recorder.close()
        return recorder.complete()

    @property
    def is_recording(self) -> bool:
        """Whether what he says is being recorded."""
        return self._recorder is not None

    def _connect(self, anew: Leg | None = None) -> None:
        leg = self.leg
        pairs = self._heard()
        if self._player is not None and not leg.held:
            pairs.append((self._player, leg))
        if self._recorder is not None:
            pairs.append((leg, self._recorder))
        self.call.hearing.let(pairs, anew)
