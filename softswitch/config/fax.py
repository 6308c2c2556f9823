"""A fax number: calls that come there are answered by a fax machine, and faxes are sent as it."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.durations import Duration
from softswitch.config.integers import as_written
from softswitch.config.one_or_more import OneOrMore
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Key, Name
from softswitch.config.voicemail import parse_address

STATION_PATTERN = r"^\+?[0-9][0-9 ]{0,18}$"
# SpanDSP's line holds no more, and its font knows no other signs.
HEADER_PATTERN = r"^[ -~]{1,50}$"


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


def parse_station(value: object) -> str:
    """What the other machine shows (CSI and TSI, ITU-T T.30 5.3.6.2.4). Raises what pydantic reports."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(STATION_PATTERN[1:-1], text):
        raise refusal(
            "this is not a fax machine's name", 'write + and digits, with spaces or without: "+49 30 123450"'
        )
    return text


def parse_header(value: object) -> str:
    """The line above a page. Raises what pydantic reports."""
    if not isinstance(value, str) or not re.fullmatch(HEADER_PATTERN[1:-1], value):
        raise refusal(
            "this is no line for the head of a page", "write at most 50 letters from A to Z and signs"
        )
    return value


Station = Annotated[
    str, PlainValidator(parse_station), WithJsonSchema({"type": "string", "pattern": STATION_PATTERN})
]
Header = Annotated[
    str, PlainValidator(parse_header), WithJsonSchema({"type": "string", "pattern": HEADER_PATTERN})
]
Speed = Literal[14400, 9600, 4800]


class FaxPlace(Section):
    """A fax machine: what it receives is kept and sent by mail as PDF; `softswitch fax` sends as it."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to reach it. Default: reached by its key only.",
        examples=["399"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on the phones of those who call it, and in mail. Default: its key.",
        examples=["Fax of the office"],
    )
    email: Annotated[
        tuple[str, ...], OneOrMore(parse_address, "addresses like anna@office.example, or a list of them")
    ] = Field(
        default=(),
        description="Where received faxes are sent, as PDF, and what has become of those sent.",
        examples=["office@office.example", ["anna@office.example", "boris@office.example"]],
    )
    delete_after_mail: bool = Field(
        default=False, description="Whether a received fax goes when its mail has been handed over."
    )
    station: Station | None = Field(
        default=None,
        description="Its own number, as other machines show it. Default: none.",
        examples=["+49 30 123450"],
    )
    header: Header | None = Field(
        default=None,
        description="A line above each page that is sent, with the time, the number and the page beside it. "
        "Default: none.",
        examples=["Berg & Sons"],
    )
    speed: Speed = Field(
        default=14400, description="The fastest in bit/s: 14400 (V.17), 9600 (V.29), 4800 (V.27ter)."
    )
    error_correction: bool = Field(
        default=True, description="Whether lost pieces are sent again (ECM), if the other machine can do it."
    )
    max_pages: int = Field(default=200, ge=1, le=2000, description="A fax is ended after so many pages.")
    max_length: Annotated[float, Duration(60, 14400)] = Field(
        default=3600.0, description="A fax is ended after so long.", examples=["30m"]
    )
    max_faxes: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="So many are kept; then callers hear busy.",
        examples=[500],
    )
    keep: Annotated[float | None, Duration(3600, 86400 * 3650, off=True)] = Field(
        default=None,
        description="How long faxes are kept. off: until somebody deletes them.",
        examples=["90d", "off"],
    )
    attempts: int = Field(default=3, ge=1, le=20, description="How often it is tried to send a fax.")
    retry_after: Annotated[float, Duration(10, 86400)] = Field(
        default=300.0, description="Between two attempts.", examples=["5m"]
    )
