"""Values that stand alone, in one text with commas between them, or in a list: `mon-fri` or `[mon, wed]`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.refusal import refusal


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """Marks a model's tuple. `parse` makes one item of its text, `words` say in the reference what it is."""

    parse: Callable[[str], Any]
    words: str

    def parse_all(self, value: object) -> tuple[Any, ...]:
        """Every item. Raises what pydantic reports to the operator."""
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, tuple | list) or not all(isinstance(part, str) for part in parts):
            raise refusal("this is not understood", f"write {self.words}")
        texts = [text.strip() for part in parts for text in part.split(",")]
        if not all(texts):
            raise refusal("nothing stands here", f"write {self.words}")
        return tuple(self.parse(text) for text in texts)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse_all)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        text = {"type": "string", "minLength": 1}
        return {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}], "x-words": self.words}
