"""When cyclic garbage is collected: by the switch, in small helpings, never in the middle of a burst.

Calls leave no cycles, so there is little to find; but a collection walks everything allocated since the last
one, and if that is many seconds' worth of calls, every phone waits for it. The automatic collector is off.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Final

_YOUNG: Final = 0.5
"""Seconds between looks at what is new: a millisecond or two under full load. The work of short calls is over
by then, and need not be looked at."""
_MIDDLE: Final = 20
"""Every so many looks at what is new, one at what has survived them."""
_OLD: Final = 1200
"""Every so many, one at everything, if there is no call that would wait."""


async def collect(idle: Callable[[], bool], loading: Callable[[], bool]) -> None:
    """Until cancelled. Everything alive at the start counts as permanent, and so does a dialplan.

    While one is `loading` nothing is collected: a large one makes millions of objects, each look at which
    would keep calls waiting. What it leaves in circles goes at the next look at everything.
    """
    gc.disable()
    gc.collect()
    gc.freeze()
    looks = 0
    loaded = False
    while True:
        await asyncio.sleep(_YOUNG)
        looks += 1
        if loading():
            gc.freeze()
            loaded = True
        elif looks >= _OLD and idle():
            if loaded:
                gc.unfreeze()
            gc.collect(2)
            if loaded:
                gc.freeze()
            looks, loaded = 0, False
        else:
            gc.collect(1 if looks % _MIDDLE == 0 else 0)
