"""Lists in which nothing stands twice."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.refusal import refusal


@dataclass(frozen=True, slots=True)
class Once:
    """Marks a model's tuple: an item that stands there twice is refused."""

    def check(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """The same items. Raises what pydantic reports to the operator."""
        for index, item in enumerate(items):
            if item in items[:index]:
                raise refusal(f"{str(item)!r} is listed twice", "list it once")
        return items

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "uniqueItems": True}
