"""A trunk: a line to the telephone network, or to another exchange."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, SecretStr, WithJsonSchema, model_validator

from softswitch.config.addresses import Network
from softswitch.config.durations import Duration
from softswitch.config.extension import Srtp
from softswitch.config.integers import as_written
from softswitch.config.lines import Cost
from softswitch.config.once import Once
from softswitch.config.passwords import Secret
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.server_address import ServerAddress
from softswitch.config.texts import Key, OutsideNumber

PREFIX_PATTERN = r"^[0-9*#]{0,6}$"
NumberFormat = Literal["as_dialled", "e164", "digits", "national", "local"]
USER_PATTERN = r"^[A-Za-z0-9._+-]{1,64}$"


def parse_prefix(value: object) -> str:
    """What is dialled before an outside number; may be empty."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(PREFIX_PATTERN[1:-1], text):
        raise refusal("this is not a prefix", 'write up to 6 digits in quotes, such as "9", or "" for none')
    return text


def parse_user(value: object) -> str:
    """The name of an account at a carrier."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(USER_PATTERN[1:-1], text):
        raise refusal(
            "this is not the name of an account",
            "write what the carrier gave you: letters, digits and . _ + -",
        )
    return text


_AS_INTEGER = {"type": "integer", "minimum": 0}
Prefix = Annotated[
    str,
    PlainValidator(parse_prefix),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": PREFIX_PATTERN}, _AS_INTEGER]}),
]
User = Annotated[
    str,
    PlainValidator(parse_user),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": USER_PATTERN}, _AS_INTEGER]}),
]


def _first_server(data: dict[str, Any]) -> Any:
    """Of `servers`; those that could not be read have been told of already."""
    servers = data.get("servers", (ServerAddress("unknown", 5060, "udp"),))
    return servers[0] if servers else None


class Line(Section):
    """What leads to another server that takes calls."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    servers: Annotated[tuple[ServerAddress, ...], Once()] = Field(
        default=(),
        max_length=8,
        description="Several servers instead of one: calls and the registration go to the first that "
        "answers.",
        examples=[["sip1.carrier.example", "sip2.carrier.example"]],
    )
    server: ServerAddress = Field(
        default_factory=_first_server,
        description="The server at the other end: host, port and transport; 5060 and UDP unless it says "
        "otherwise. Default: the first of `servers`.",
        examples=["sip.carrier.example", "203.0.113.9:5062", "sip.carrier.example:5061/tls"],
    )
    addresses: Annotated[tuple[Network, ...], Once()] = Field(
        default=(),
        description="Networks from which its calls come in as well: carriers often call from other addresses "
        "than the one that takes calls. Whoever is there is believed without a password.",
        examples=[["203.0.113.0/28", "198.51.100.7/32"]],
    )
    user: User | None = Field(default=None, description="The account's name there.", examples=["4930123450"])
    password: Annotated[SecretStr, Secret()] | None = Field(
        default=None,
        description="The account's password: a text, {env: NAME} or {file: PATH}.",
        examples=["k7mp-x3wq-9fht-r2vd"],
    )
    max_calls: int = Field(
        default=100, ge=1, le=1000, description="Calls that it carries at once, both ways.", examples=[10]
    )
    keep_free: int = Field(
        default=0, ge=0, le=1000, description="Lines that calls out leave free for calls in.", examples=[2]
    )
    srtp: Srtp = Field(
        default="accept",
        description="Encrypted sound: off refuses it, accept takes it when offered, offer proposes it in "
        "calls out, require makes no call without it.",
    )
    qualify: Annotated[float | None, Duration(5, 86400, off=True)] = Field(
        default=60.0,
        description="How often it is asked by OPTIONS whether it is there.",
        examples=["60s", "off"],
    )

    @property
    def all_servers(self) -> tuple[ServerAddress, ...]:
        """Its servers, the preferred one first."""
        return self.servers or (self.server,)

    @model_validator(mode="after")
    def _one_way_to_name_them(self) -> "Line":
        if self.servers and "server" in self.model_fields_set:
            raise refusal("server and servers both say where it is", "delete one of them")
        return self

    @model_validator(mode="after")
    def _both_or_none(self) -> "Line":
        if self.user is not None and self.password is None:
            raise refusal("the account's password is missing", "add password:, or delete the user")
        if self.user is None and self.password is not None:
            raise refusal("the account's name is missing", "add user:, or delete the password")
        return self


class Trunk(Line):
    """A carrier. With `user` and `password` the switch registers there; without, both sides know each other
    by their addresses."""

    numbers: Annotated[tuple[OutsideNumber, ...], Once()] = Field(
        default=(),
        description="The outside numbers that come in here. Default: any of `numbers` may.",
        examples=[["+4930123450", "+4930123451"]],
    )
    prefix: Prefix | None = Field(
        default=None,
        description="Dialled before an outside number and taken away; empty: any number that is not ours "
        "goes out here. Without it, only numbers with a + do. Several trunks may share one.",
        examples=["9"],
    )
    caller_id: OutsideNumber | None = Field(
        default=None,
        description="The number that called people see. Default: its first number, else the extension.",
        examples=["+4930123450"],
    )
    format: NumberFormat = Field(
        default="as_dialled",
        description="How the carrier writes numbers, in calls in and out: e164 +4930123, digits 4930123, "
        "national 030123, local 123 where the area is ours, as_dialled as the caller has written it. In "
        "calls in as_dialled takes every form.",
    )
    incoming_only: bool = Field(
        default=False,
        description="Whether it takes calls in only: the number that is advertised stays free for callers. "
        "Calls to emergency numbers take it all the same.",
    )
    cost: Cost | None = Field(
        default=None, description="What a minute costs, for `choose: by_price`, by what the number is."
    )

    @property
    def shown_number(self) -> str:
        """The number that called people see; empty for the caller's own."""
        return self.caller_id or (self.numbers[0] if self.numbers else "")
