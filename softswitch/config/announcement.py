"""An announcement: callers hear what the company has to say, and go on or are let go."""

from typing import Annotated, Any, Final

from pydantic import Field

from softswitch.config.by_mode import PlaceByMode
from softswitch.config.section import Section
from softswitch.config.speech import Speech, Words
from softswitch.config.texts import InnerNumber, Key, Name

HANG_UP: Final = "hang up"
"""Where a place of calls is asked for: nowhere, the call ends."""


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


class AnnouncementPlace(Section):
    """A text or recording that callers hear: opening hours, a closed day, the way to the office."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to hear it. Default: reached by its key only.",
        examples=["390"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on the phones of those who hear it. Default: its key.",
        examples=["Closed"],
    )
    say: Annotated[Speech, Words()] = Field(
        description="What is said.",
        examples=[
            "We are closed. Please call again tomorrow.",
            {"en": "We are closed.", "de": "closed-de.wav"},
        ],
    )
    repeat: int = Field(default=1, ge=1, le=20, description="How often it is said.")
    then: PlaceByMode = Field(
        default=HANG_UP,
        description=f"Where the caller goes afterwards, or `{HANG_UP}`.",
        examples=["sales", HANG_UP],
    )
