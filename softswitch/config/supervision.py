"""Listening to other people's calls."""

from pydantic import Field

from softswitch.config.section import Section


class Supervision(Section):
    """Who may listen stands in each extension's `rights`; whether people are told, here."""

    announce: bool = Field(
        default=True,
        description="Whether both sides hear a tone when somebody begins to listen. Many countries want it.",
    )
