"""Where an extension's calls go when it cannot or will not take them."""

from typing import Annotated

from pydantic import Field

from softswitch.config.by_mode import PlaceByMode
from softswitch.config.durations import Duration
from softswitch.config.section import Section


class Forward(Section):
    """Where calls go instead: an extension, a department, or an outside number as one would dial it.
    Each may be one place, or one for each mode: {night: voicemail 101}; other modes have none then."""

    always: PlaceByMode | None = Field(default=None, description="All calls.", examples=["102"])
    busy: PlaceByMode | None = Field(default=None, description="While it is busy.", examples=["sales"])
    no_answer: PlaceByMode | None = Field(
        default=None, description="When nobody answers in time.", examples=["+491711234567"]
    )
    after: Annotated[float, Duration(1, 3600)] | None = Field(
        default=None, description="What that time is. Default: its ring_time.", examples=["20s"]
    )
    unregistered: PlaceByMode | None = Field(
        default=None, description="While no phone of it is registered or reachable.", examples=["102"]
    )
    do_not_disturb: PlaceByMode | None = Field(
        default=None, description="While it is not to be disturbed.", examples=["sales"]
    )
