"""What an extension may do."""

from typing import Literal

from pydantic import Field

from softswitch.config.section import Section

Reach = Literal["nobody", "department", "anyone"]


class Rights(Section):
    """What an extension may do. Forwarding and transfers go by the rights of who forwards."""

    outside: bool = Field(default=True, description="Whether it may call outside numbers.")
    pickup: Reach = Field(
        default="anyone", description="Whose ringing calls it may answer: department means its own ones."
    )
    listen: Reach = Field(default="nobody", description="Into whose calls it may listen, whisper and barge.")
