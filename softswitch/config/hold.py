"""What a caller on hold hears beside the music."""

from typing import Annotated

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.section import Section


class Hold(Section):
    """Holding: who waits is not forgotten."""

    reassure_after: Annotated[float | None, Duration(1, 3600, off=True)] = Field(
        default=40.0,
        description="On hold for so long, a caller is told that he is not forgotten; and again each time.",
        examples=["40s", "off"],
    )
    call_back: bool = Field(
        default=True,
        description="Whether who is told so may press 2, to be called back when the holder is free.",
    )
    ring_back_after: Annotated[float | None, Duration(5, 86400, off=True)] = Field(
        default=180.0,
        description="On hold for so long, a caller rings at the phones of who holds him; and again.",
        examples=["3m", "off"],
    )
