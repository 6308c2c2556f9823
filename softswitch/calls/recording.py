"""A call that is recorded: the caller on the left channel, whom he talks with on the right.

Each is a file of its own while the call lasts; they are put together, and made smaller, beside the calls. The
channels go by the parts in the call, so that they follow transfers. Only conversations are recorded: not what
a party hears or says while it waits.
"""

from typing import TYPE_CHECKING

from softswitch.calls.announcement import Announcement
from softswitch.calls.recording_archive import Take
from softswitch.records.events import RecordingEnded, RecordingStarted
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def converse(call: "Call") -> None:
    """Two have begun to talk: they are recorded if the dialplan wants that."""
    if call.recording is not None or call.exchange.archive is None:
        return
    when = _when(call)
    if when in ("always", "on demand from start"):
        _start(call, "", kept=when == "always")


def press(call: "Call", by: Leg) -> None:
    """A party has pressed the code: it is recorded from now on, or no longer."""
    if call.exchange.archive is None or _when(call) not in ("on demand", "on demand from start"):
        return
    recording = call.recording
    if recording is not None and recording.kept:
        recording.stop()
        call.recording = None
        _tell(call, "recording-stopped")
    elif recording is not None:
        recording.keep(by.number)
        _announce(call)
    else:
        _start(call, by.number, kept=True)


def pause(call: "Call") -> None:
    """Nothing is recorded for a while, such as a number that nobody else is to know; or again."""
    recording = call.recording
    if recording is not None and recording.kept:
        recording.paused = not recording.paused
        _tell(call, "recording-paused" if recording.paused else "recording-goes-on")


def _when(call: "Call") -> str:
    legs = [leg for leg in (call.caller, call.callee) if leg is not None]
    inside = tuple(leg.number for leg in legs if not leg.trunk)
    came_in = bool(call.caller.trunk)
    goes_out = call.callee is not None and bool(call.callee.trunk)
    direction = "in" if came_in else "out" if goes_out else "inside"
    return call.router.when_recorded(inside, call.called if came_in else "", direction)


def _start(call: "Call", by: str, *, kept: bool) -> None:
    archive = call.exchange.archive
    if archive is None or archive.full:
        return
    try:
        call.recording = CallRecording(call, archive.begin(call.id, by, call.now(), kept))
    except (SipError, OSError) as error:
        call.log.error("call not recorded", error=str(error), remedy="check free space and rights")
        return
    if kept:
        call.recording.keep(by)
        _announce(call)


def _announce(call: "Call") -> None:
    if call.router.dialplan.recording.announce:
        _tell(call, "recording-started")


def _tell(call: "Call", prompt: str) -> None:
    legs = [leg for leg in (call.caller, call.callee) if leg is not None]
    for leg in legs:
        if (old := call.notices.pop(leg, None)) is not None:
            old.close()
        call.notices[leg] = Announcement(call, leg, prompt)


class CallRecording:
    """One file in the making."""

    def __init__(self, call: "Call", take: Take) -> None:
        """Raises SipError, and then nothing is left behind."""
        self.paused = False
        self.kept = False
        self._call = call
        self._take = take
        try:
            self._left = Recorder(take.left)
        except SipError:
            take.drop()
            raise
        try:
            self._right = Recorder(take.right)
        except SipError:
            self._left.close()
            take.drop()
            raise

    def keep(self, by: str) -> None:
        """It was asked for, or always is."""
        call = self._call
        self.kept = True
        self._take.keep(by)
        call.log.info("recording", file=self._take.name, by=by)
        call.publish(RecordingStarted(call.now(), call.id, self._take.name, by))

    def pairs(self, left: Leg, *right: Leg) -> list[Pair]:
        """Who is heard on which channel. Silence keeps both going, and so in step."""
        if self.paused:
            return []
        pairs: list[Pair] = [(NOWHERE, self._left), (NOWHERE, self._right), (left, self._left)]
        return [*pairs, *((leg, self._right) for leg in right)]

    def stop(self) -> None:
        """It is complete."""
        call = self._call
        self._left.close()
        self._right.close()
        if self.kept:
            size = self._take.size()
            seconds = round(size / 4 / self._take.archive.rate, 1)
            call.publish(RecordingEnded(call.now(), call.id, self._take.name, seconds, size))
        self._take.finish(self._left.complete(), self._right.complete())
