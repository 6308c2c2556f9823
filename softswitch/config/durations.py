"""Lengths of time: `30s`, `5m`, `2h`, `1d`, or a plain number of seconds."""

import math
import re
from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.refusal import refusal

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PATTERN = r"^[0-9]{1,9}[smhd]$"
OFF = "off"


def parse_duration(value: object) -> float:
    """Seconds from what the file says. Raises ValueError for anything that is not a duration."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if isinstance(value, str) and re.fullmatch(PATTERN[1:-1], value):
        return float(int(value[:-1]) * UNITS[value[-1]])
    raise ValueError("not a duration")


def format_duration(seconds: float) -> str:
    """The shortest way to write a duration in a dialplan: 7200.0 is `2h`."""
    if seconds == int(seconds) and seconds > 0:
        for unit, size in reversed(UNITS.items()):
            if seconds % size == 0:
                return f"{int(seconds) // size}{unit}"
    return f"{seconds:g}s"


@dataclass(frozen=True, slots=True)
class Duration:
    """Marks a model's float as a duration in seconds between two bounds; with `off`, None means off."""

    minimum: float
    maximum: float
    off: bool = False

    def parse(self, value: object) -> float | None:
        """Seconds, or None for `off`. Raises what pydantic reports to the operator."""
        if self.off and (value is None or value == OFF):
            return None
        example = f"write it like 30s, 5m, 2h or 1d{', or off' if self.off else ''}"
        try:
            seconds = parse_duration(value)
        except ValueError:
            raise refusal("this is not a duration", example) from None
        if not self.minimum <= seconds <= self.maximum:
            raise refusal("this duration is out of bounds", f"write {self.bounds}")
        return seconds

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        words = f"{format_duration(self.minimum)} to {format_duration(self.maximum)}"
        return f"{words}, or off" if self.off else words

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        forms: list[JsonSchemaValue] = [
            {"type": "string", "pattern": PATTERN},
            {"type": "number", "minimum": self.minimum, "maximum": self.maximum},
        ]
        if self.off:
            forms.append({"const": OFF})
        return {"anyOf": forms, "x-bounds": self.bounds}
