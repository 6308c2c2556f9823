"""When cyclic garbage is collected: by the switch, in small helpings, never in the middle of a burst.

Calls leave no cycles, so there is little to find; but a collection walks everything allocated since the last
one, and if that is a second's worth of calls, every phone waits for it. The automatic collector is off.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Final

_YOUNG: Final = 0.1
"""Seconds between looks at what is new: a fraction of a millisecond each."""
_MIDDLE: Final = 100
"""Every so many looks at what is new, one at what has survived them."""
_OLD: Final = 6000
"""Every so many, one at everything, if there is no call that would wait."""


async def collect(idle: Callable[[], bool]) -> None:
    """Until cancelled. Everything alive at the start counts as permanent."""
    gc.disable()
    gc.collect()
    gc.freeze()
    looks = 0
    while True:
        await asyncio.sleep(_YOUNG)
        looks += 1
        if looks >= _OLD and idle():
            gc.collect(2)
            looks = 0
        else:
            gc.collect(1 if looks % _MIDDLE == 0 else 0)
