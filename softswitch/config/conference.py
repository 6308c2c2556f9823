"""A conference room: whoever dials its number hears all the others in it."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr

from softswitch.config.passwords import Secret
from softswitch.config.section import Section
from softswitch.config.texts import Key, Name, Number

Announce = Literal["tones", "names", "off"]


def _number_as_name(data: dict[str, Any]) -> Any:
    return data.get("number", "")


class Conference(Section):
    """A conference room. With a pin for the moderator, who enters it leads: mutes, locks, invites, ends."""

    number: Number = Field(description="The number that is dialled to enter; in the file it is the key.")
    name: Name = Field(
        default_factory=_number_as_name,
        description="Shown on the phones of those in it. Default: the number.",
        examples=["Monday meeting"],
    )
    pin: Annotated[SecretStr, Secret(digits=True)] | None = Field(
        default=None,
        description="Digits asked of who enters: a text, {env: NAME} or {file: PATH}. Default: none.",
        examples=["4711"],
    )
    moderator_pin: Annotated[SecretStr, Secret(digits=True)] | None = Field(
        default=None,
        description="Digits that make who enters a moderator. Default: everybody from the house is one.",
        examples=["0815"],
    )
    max_members: int = Field(
        default=50,
        ge=2,
        le=200,
        description="Beyond these, who dials it is told that it is full.",
        examples=[10],
    )
    wait_for_moderator: bool = Field(
        default=False, description="Whether everybody hears music until a moderator has come."
    )
    end_with_moderator: bool = Field(
        default=False, description="Whether it ends for all when its last moderator leaves."
    )
    announce: Announce = Field(
        default="tones",
        description="How the others learn that somebody comes or goes: by tones, or by his name, which he "
        "says when he comes.",
    )
    record: bool = Field(default=False, description="Whether it is recorded.")
    music: Key | None = Field(
        default=None, description="Music for who waits or is alone. Default: the house's.", examples=["jazz"]
    )
