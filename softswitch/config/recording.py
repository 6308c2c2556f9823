"""Recording of calls: which ones, and how long they are kept."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.section import Section
from softswitch.config.texts import OutsideKey

RecordWhen = Literal["always", "on demand", "on demand from start", "never"]
Format = Literal["flac", "ogg", "wav"]
WhenFull = Literal["oldest", "stop"]
RECORD_WORDS = (
    "always; on demand: from when a party presses the code; on demand from start: then the whole call; never."
)


class Recording(Section):
    """Calls on disk, caller and callee each on a channel of its own.

    What extensions say goes first, then the outside number, the department, at last the direction; where two
    say different things at one step, the one that records more holds.
    """

    calls_in: RecordWhen = Field(default="never", description=f"Calls from outside: {RECORD_WORDS}")
    calls_out: RecordWhen = Field(default="never", description="Calls to the outside.")
    calls_inside: RecordWhen = Field(default="never", description="Calls between the house's phones.")
    numbers: Annotated[Mapping[OutsideKey, RecordWhen], FREEZE, THAW] = Field(
        default_factory=dict,
        validate_default=True,
        description="Calls that come to these outside numbers.",
        examples=[{"+4930123450": "always"}],
    )
    announce: bool = Field(default=True, description="Whether both are told that they are recorded.")
    format: Format = Field(
        default="flac", description="flac and wav lose nothing, ogg (Vorbis) is the smallest."
    )
    keep: Annotated[float | None, Duration(60, 3650 * 86400, off=True)] = Field(
        default=None, description="Older recordings are deleted.", examples=["90d", "off"]
    )
    max_gigabytes: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Beyond that the oldest are deleted.", examples=[50]
    )
    min_free_gigabytes: int = Field(
        default=1,
        ge=0,
        le=100_000,
        description="With less free, `when_full` holds; at twice that comes a warning.",
    )
    when_full: WhenFull = Field(
        default="stop", description="oldest: the oldest recordings go. stop: nothing more is recorded."
    )
