"""A member of a department or a queue: an extension, and what tells it from the others there."""

from dataclasses import dataclass, field
from typing import Any, Final, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.names import did_you_mean
from softswitch.config.refusal import refusal
from softswitch.config.ring_strategy import Strategy
from softswitch.config.texts import NUMBER_PATTERN, parse_inner_number

MOST_WEIGHT: Final = 100
BEST_SKILL: Final = 10
MOST_PENALTY: Final = 100
_BOUNDS: Final = {"weight": (1, MOST_WEIGHT), "skill": (0, BEST_SKILL), "penalty": (0, MOST_PENALTY)}
STRATEGIES: Final[dict[str, tuple[Strategy, ...]]] = {
    "weight": ("random", "fewest calls"),
    "skill": ("by skill",),
    "penalty": get_args(Strategy),
}
"""The strategies that look at each."""


@dataclass(frozen=True, slots=True)
class Member:
    """An extension, and how it is chosen among its colleagues."""

    extension: str
    weight: int | None = None
    """Its share of the calls, beside the others' weights; 1 where nothing is said."""
    skill: int | None = None
    """How good it is, from 0 to 10. None: what the extension's own `skills` say."""
    penalty: int | None = None
    """Rung only while nobody with a lower one can be; 0 where nothing is said."""

    def __str__(self) -> str:
        said = [f"{name} {getattr(self, name)}" for name in _BOUNDS if getattr(self, name) is not None]
        return f"{self.extension} ({', '.join(said)})" if said else self.extension


@dataclass(frozen=True, slots=True)
class MemberForm:
    """Marks a model's Member: a number, or a mapping with `extension` and what else is known of it."""

    known: tuple[str, ...] = field(default=("weight", "skill"))

    def parse(self, value: object) -> Member:
        """Raises what pydantic reports to the operator."""
        if isinstance(value, Member):
            return value
        if not isinstance(value, dict):
            return Member(parse_inner_number(value))
        if "extension" not in value:
            raise refusal("a member's extension is missing", "write {extension: 101, ...}")
        rest: dict[str, Any] = {name: item for name, item in value.items() if name != "extension"}
        for name, item in rest.items():
            if name not in self.known:
                known = ("extension", *self.known)
                raise refusal(
                    f"unknown key {name!r}", did_you_mean(name, known, f"known here: {', '.join(known)}")
                )
            least, most = _BOUNDS[name]
            if not isinstance(item, int) or isinstance(item, bool) or not least <= item <= most:
                raise refusal(f"this is no {name}", f"write a whole number from {least} to {most}")
        return Member(
            parse_inner_number(value["extension"]), **{name: int(item) for name, item in rest.items()}
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number: list[JsonSchemaValue] = [
            {"type": "string", "pattern": NUMBER_PATTERN},
            {"type": "integer", "minimum": 0},
        ]
        properties: dict[str, Any] = {
            name: {"type": "integer", "minimum": _BOUNDS[name][0], "maximum": _BOUNDS[name][1]}
            for name in self.known
        }
        mapping: JsonSchemaValue = {
            "type": "object",
            "properties": {"extension": {"anyOf": number}, **properties},
            "required": ["extension"],
            "additionalProperties": False,
        }
        words = f"number, or {{extension, {', '.join(self.known)}}}"
        return {"anyOf": [*number, mapping], "x-words": words}
