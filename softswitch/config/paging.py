"""Paging: one speaks through the speakers of many phones."""

from typing import Annotated, Any

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.once import Once
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Name, Number


def _number_as_name(data: dict[str, Any]) -> Any:
    return data.get("number", "")


class PagingGroup(Section):
    """Phones that answer by themselves and hear whoever dials the group's number. They are not heard."""

    number: Number = Field(description="The number that is dialled to speak; in the file it is the key.")
    name: Name = Field(
        default_factory=_number_as_name,
        description="Shown on the phones meanwhile. Default: the number.",
        examples=["Workshop"],
    )
    members: Annotated[tuple[InnerNumber, ...], Once()] = Field(
        min_length=1,
        description="The extensions whose phones speak; those in a call are left alone.",
        examples=[["101", "102"]],
    )
    limit: Annotated[float, Duration(5, 3600)] = Field(
        default=120.0, description="How long somebody may speak.", examples=["2m"]
    )
