"""What holds for the agents of all queues."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Name

_DIGIT = r"^[0-9]$"


def _digit(value: object) -> str:
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(_DIGIT[1:-1], text):
        raise refusal("this is no digit", "write one of 0 to 9")
    return text


Digit = Annotated[str, PlainValidator(_digit), WithJsonSchema({"type": "string", "pattern": _DIGIT})]


class Agents(Section):
    """Agents of queues."""

    pause_reasons: Annotated[Mapping[Digit, Name], FREEZE, THAW] = Field(
        default_factory=dict,
        validate_default=True,
        description="Why agents pause, by the digit that they dial after the code. Default: any digit.",
        examples=[{"1": "lunch", "2": "paperwork"}],
    )
