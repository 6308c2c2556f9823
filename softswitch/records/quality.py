"""What a listener would have said of a leg's sound: the E-model (ITU-T G.107, edition of 12/2011).

Only what is measured differs from the defaults: packet loss, and delay in one direction. Codecs by
ITU-T G.113 Appendix I, as far as they are there.
"""

import math
from typing import Final

_BEST: Final = 93.2
"""R of a connection with G.107's default values: Ro - Is."""
_PACKET: Final = 20.0
"""Milliseconds of sound in a packet."""

# Codec → equipment impairment Ie, and robustness to packet loss Bpl. G.711 with concealment, as PJMEDIA
# does it, and GSM's Ie are G.113's; it has no Bpl for GSM, and nothing on this scale for G.722 and Opus:
# there the figures are those of G.711, the nearest codec with concealment.
_CODECS: Final = {"gsm": (20.0, 10.0)}
_PLAIN: Final = (0.0, 25.1)


def mos(codec: str, loss: float, jitter_ms: float = 0.0, round_trip_ms: float = 0.0) -> float:
    """Mean opinion score, 1 to 4.5. `loss`: share of packets that were not heard, 0 to 1."""
    return _score(rating(codec, loss, jitter_ms, round_trip_ms))


def rating(codec: str, loss: float, jitter_ms: float = 0.0, round_trip_ms: float = 0.0) -> float:
    """The transmission rating factor R, 0 to 93.2."""
    impairment, robustness = _CODECS.get(codec.lower().partition("/")[0], _PLAIN)
    percent = min(max(loss, 0.0), 1.0) * 100
    effective = impairment + (95 - impairment) * percent / (percent + robustness)  # G.107 (7-29), BurstR 1
    # Mouth to ear: half the round trip, one packet, and a jitter buffer of twice the jitter.
    delay = max(round_trip_ms, 0.0) / 2 + _PACKET + 2 * max(jitter_ms, 0.0)
    return min(max(_BEST - _delay_impairment(delay) - effective, 0.0), _BEST)


def _delay_impairment(delay_ms: float) -> float:
    """Idd, G.107 (7-27) and (7-28): what delay takes, echoes aside."""
    if delay_ms <= 100:
        return 0.0
    x = math.log2(delay_ms / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def _score(r: float) -> float:
    """G.107 annex B."""
    if r <= 0:
        return 1.0
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
