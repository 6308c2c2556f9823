"""What a caller on hold hears and may do, and how the one who holds is reminded."""

from typing import Annotated

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.keys import KeyOrOff
from softswitch.config.section import Section


class Hold(Section):
    """Holding: reassurance for who waits, a reminder for who lets wait."""

    reassure_after: Annotated[float | None, Duration(5, 3600, off=True)] = Field(
        default=40.0,
        description="On hold for so long, a caller is told that he is not forgotten; and again each time.",
        examples=["40s", "off"],
    )
    message_key: KeyOrOff = Field(
        default="1", description="The key by which he leaves a message instead.", examples=["1", "off"]
    )
    call_back_key: KeyOrOff = Field(
        default="2", description="The key by which he asks to be called back.", examples=["2", "off"]
    )
    remind_after: Annotated[float | None, Duration(10, 86400, off=True)] = Field(
        default=180.0,
        description="Holding for so long, the phone that hung up or forgot rings back.",
        examples=["3m", "off"],
    )
