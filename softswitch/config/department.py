"""A department: colleagues who answer one number together."""

from typing import Annotated, Any

from pydantic import Field

from softswitch.config.calling import Calling
from softswitch.config.durations import Duration
from softswitch.config.once import Once
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Key, Name


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


class Department(Section):
    """Colleagues who answer one number together. A call to it rings all of them at once."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="Its own number. Without one it is reached from outside and by forwarding only.",
        examples=["200"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on phones when it calls or is called. Default: its key.",
        examples=["Sales"],
    )
    members: Annotated[tuple[InnerNumber, ...], Once()] = Field(
        min_length=1, description="Its people's extensions, in order.", examples=[["101", "102"]]
    )
    music: Key | None = Field(
        default=None, description="Music for who waits for it. Default: the house's.", examples=["jazz"]
    )
    ring_time: Annotated[float, Duration(1, 3600)] | None = Field(
        default=None, description="How long it rings. Default: calls.ring_time.", examples=["30s"]
    )
    rights: Calling = Field(
        default=Calling(), description="What its people may call, where their own rights do not say."
    )
    class_of_service: Key | None = Field(
        default=None, description="The class of service of its people.", examples=["staff"]
    )
