"""Tones that parties of one call hear, from their beginning."""

from typing import TYPE_CHECKING

from media.tone_kinds import Tone
from softswitch.sip.errors import SipError
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def start_tone(call: "Call", kind: Tone) -> Player | None:
    """Plays until it is closed. None when there is no place left for it: the call goes on in silence."""
    return _play(call, kind, loop=True)


def play_once(call: "Call", kind: Tone) -> Player | None:
    """Plays one period. None when there is no place left for it."""
    return _play(call, kind, loop=False)


def _play(call: "Call", kind: Tone, loop: bool) -> Player | None:
    file = call.exchange.tones.get(kind)
    if file is None:
        return None
    try:
        return Player(file, loop=loop)
    except SipError as error:
        call.log.warning("tone not played", tone=kind, error=str(error))
        return None
