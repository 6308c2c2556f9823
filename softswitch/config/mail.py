"""The server that takes the switch's mail."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from softswitch.config.addresses import Host
from softswitch.config.passwords import Secret
from softswitch.config.section import Section
from softswitch.config.voicemail import MailAddress

MailTls = Literal["starttls", "tls", "off"]
Attachment = Literal["wav", "mp3", "ogg"]


class Mail(Section):
    """How voicemail is sent by mail. While the server is away, mail waits in the state directory."""

    server: Host = Field(description="The SMTP server.", examples=["mail.office.example"])
    port: int = Field(default=587, ge=1, le=65535, description="Its port.", examples=[465, 25])
    tls: MailTls = Field(
        default="starttls",
        description="starttls: encrypted after the greeting (port 587), tls: from the first byte (465), off.",
    )
    user: str | None = Field(
        default=None, min_length=1, max_length=128, description="Who the switch is there.", examples=["pbx"]
    )
    password: Annotated[SecretStr, Secret()] | None = Field(
        default=None, description="Its password there: a text, {env: NAME} or {file: PATH}."
    )
    sender: MailAddress = Field(
        description="The address that mail comes from.", examples=["pbx@office.example"]
    )
    attachment: Attachment = Field(default="wav", description="How a message's sound is attached.")
