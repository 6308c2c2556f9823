"""What a caller on hold hears beside the music."""

from typing import Annotated

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.section import Section


class Hold(Section):
    """Holding: reassurance for who waits."""

    reassure_after: Annotated[float | None, Duration(1, 3600, off=True)] = Field(
        default=40.0,
        description="On hold for so long, a caller is told that he is not forgotten; and again each time.",
        examples=["40s", "off"],
    )
