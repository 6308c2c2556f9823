"""The dialplan's smaller sections: RTP, registration, calls, log."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.once import Once
from softswitch.config.ports import PortRange
from softswitch.config.section import Section, restart_only

Codec = Literal["pcma", "pcmu", "g722", "opus", "gsm"]
CODECS: tuple[Codec, ...] = get_args(Codec)
Audio = Literal["narrowband", "wideband"]
Algorithm = Literal["sha-256", "md5"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "text", "json"]


class Rtp(Section):
    """Where sound goes through."""

    ports: PortRange = Field(
        default=PortRange(10000, 19999),
        description="UDP ports for sound, first to last. A call takes four: two legs, two ports each.",
        examples=["10000-19999"],
        json_schema_extra=restart_only(),
    )
    timeout: Annotated[float | None, Duration(5, 86400, off=True)] = Field(
        default=60.0,
        description="A call in which no RTP arrives for so long is ended.",
        examples=["60s", "off"],
    )


class Registration(Section):
    """How phones make themselves known (RFC 3261 §10)."""

    min_expires: Annotated[float, Duration(1, 86400)] = Field(
        default=60.0,
        description="A phone that asks for less is told 423 Interval Too Brief.",
        examples=["60s"],
    )
    max_expires: Annotated[float, Duration(1, 30 * 86400)] = Field(
        default=7200.0, description="A phone that asks for more gets this.", examples=["2h"]
    )
    default_expires: Annotated[float, Duration(1, 30 * 86400)] = Field(
        default=3600.0, description="A phone that asks for nothing gets this.", examples=["1h"]
    )
    nonce_lifetime: Annotated[float, Duration(1, 86400)] = Field(
        default=300.0, description="How long a digest challenge may be answered.", examples=["5m"]
    )
    algorithms: Annotated[tuple[Algorithm, ...], Once()] = Field(
        default=("md5",),
        min_length=1,
        description="Digest algorithms offered, the preferred one first (RFC 8760). Many phones "
        "know only md5, and some refuse a challenge that names another one beside it.",
        examples=[["sha-256", "md5"]],
    )
    qualify: Annotated[float | None, Duration(5, 86400, off=True)] = Field(
        default=None,
        description="How often each phone is asked by OPTIONS whether it is there.",
        examples=["60s", "off"],
    )


class Calls(Section):
    """What holds for every call."""

    ring_time: Annotated[float, Duration(1, 3600)] = Field(
        default=60.0, description="Unanswered for so long, a call ends with 480.", examples=["60s"]
    )
    max_calls: int = Field(
        default=1000,
        ge=1,
        le=1000,  # PJSIP is built for 2048 legs, and an ended one keeps its place for a while
        description="Calls beyond are refused with 503 and Retry-After.",
        examples=[200],
    )
    # RFC 4028 §4 allows no interval below 90 seconds.
    session_timer: Annotated[float | None, Duration(90, 86400, off=True)] = Field(
        default=1800.0,
        description="Session-Expires: how often a call proves that it still stands.",
        examples=["30m", "off"],
        json_schema_extra=restart_only(),
    )
    drain: Annotated[float, Duration(0, 86400)] = Field(
        default=30.0, description="How long running calls may go on after SIGTERM.", examples=["30s"]
    )


class Log(Section):
    """What is logged, and how it looks."""

    level: LogLevel = Field(default="info", description="The least severity that is logged.")
    format: LogFormat = Field(
        default="auto",
        description="auto: text on a terminal, JSON elsewhere.",
        json_schema_extra=restart_only(),
    )
