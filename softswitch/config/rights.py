"""What an extension may do."""

from typing import Literal

from pydantic import Field

from softswitch.config.calling import Calling

Reach = Literal["nobody", "department", "anyone"]


class Rights(Calling):
    """What an extension may do. Forwarding and transfers go by the rights of who forwards. What is not said
    here is as its class of service says, or its department's."""

    pickup: Reach = Field(
        default="anyone", description="Whose ringing calls it may answer: department means its own ones."
    )
    modes: bool = Field(default=False, description="Whether it may set the mode of the company by code.")
    intercom: Reach = Field(
        default="anyone", description="Whose phones it may speak through by intercom, unasked."
    )
    watch: Reach = Field(
        default="anyone",
        description="Whose state the lamps on its phones may show; with whom they talk where it may pick up.",
    )
    listen: Reach = Field(default="nobody", description="Into whose calls it may listen, whisper and barge.")
