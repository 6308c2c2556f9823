"""Voicemail: boxes of people and departments, and what holds for all boxes."""

from typing import Annotated, Literal, get_args

from pydantic import Field, PlainValidator, SecretStr, WithJsonSchema

from softswitch.config.durations import Duration
from softswitch.config.once import Once
from softswitch.config.passwords import Secret
from softswitch.config.refusal import refusal
from softswitch.config.section import Section

When = Literal["busy", "no_answer", "unregistered", "do_not_disturb"]
PREFIX = "voicemail "
"""With an extension's number or a department's key behind it, the file names a box: `voicemail 101`."""
ACCESS = "voicemail"
"""Alone it is the place where boxes are opened from outside: it asks for the box and its pin."""
ADDRESS_PATTERN = r"^[^@\s<>\",;]+@[^@\s<>\",;]+$"


def parse_address(value: object) -> str:
    """An address for mail. Raises what pydantic reports to the operator."""
    if not isinstance(value, str) or value.count("@") != 1 or not value.isprintable():
        raise refusal("this is not a mail address", "write it like anna@office.example")
    name, _, host = value.partition("@")
    if not name or not host or any(sign in value for sign in ' <>",;\t'):
        raise refusal("this is not a mail address", "write it like anna@office.example")
    return value


MailAddress = Annotated[
    str, PlainValidator(parse_address), WithJsonSchema({"type": "string", "pattern": ADDRESS_PATTERN})
]


class Mailbox(Section):
    """A box for messages. It is reached as `voicemail` and the extension or department."""

    pin: Annotated[SecretStr, Secret(digits=True)] | None = Field(
        default=None,
        description="Digits asked of who opens it: a text, {env: NAME} or {file: PATH}. Without a pin it is "
        "opened only by its own phones, or those of the department.",
        examples=["4711"],
    )
    email: MailAddress | None = Field(
        default=None, description="Messages are sent there.", examples=["anna@office.example"]
    )
    delete_after_mail: bool = Field(
        default=False, description="Whether a message goes from the box when its mail has been handed over."
    )


class PersonalMailbox(Mailbox):
    """An extension's box. Unless `forward` says otherwise, calls that nobody takes come here."""

    pin_at_own_phone: bool = Field(
        default=True, description="Whether the pin is asked at the extension's own phones, too."
    )
    answers: Annotated[tuple[When, ...], Once()] = Field(
        default=get_args(When),
        description="Which calls it takes where `forward` names no place for them. An empty list: none.",
        examples=[["no_answer", "unregistered"]],
    )


class Voicemail(Section):
    """What holds for all voicemail boxes."""

    max_length: Annotated[float, Duration(5, 3600)] = Field(
        default=180.0, description="Longer messages are cut.", examples=["3m"]
    )
    min_length: Annotated[float, Duration(0, 60)] = Field(
        default=2.0, description="Shorter messages are not kept.", examples=["2s"]
    )
    silence: Annotated[float | None, Duration(2, 60, off=True)] = Field(
        default=10.0,
        description="So much silence ends a message; what is silent at its end is cut off.",
        examples=["10s", "off"],
    )
    notify_unasked: bool = Field(
        default=True,
        description="Whether phones that have not subscribed are told of new messages, too (RFC 3842).",
    )
    max_messages: int = Field(
        default=100, ge=1, le=9999, description="A box with so many messages is full.", examples=[50]
    )
