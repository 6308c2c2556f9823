"""A call progress tone that one party hears, from its beginning."""

from typing import TYPE_CHECKING

from media.tones import ProgressTone
from softswitch.sip.errors import SipError
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def start_tone(call: "Call", kind: ProgressTone) -> Player | None:
    """Plays until it is closed. None when there is no place left for it: the call goes on in silence."""
    file = call.exchange.tones.get(kind)
    if file is None:
        return None
    try:
        return Player(file, loop=True)
    except SipError as error:
        call.log.warning("tone not played", tone=kind, error=str(error))
        return None
