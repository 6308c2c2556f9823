"""Values that the file writes as one text: how pydantic reads and writes them, and what editors are told."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class FromText(ABC):
    """Give `parse` and `SCHEMA`; str() writes the value."""

    __slots__ = ()
    SCHEMA: ClassVar[JsonSchemaValue]
    """JSON Schema of the text."""

    @staticmethod
    @abstractmethod
    def parse(value: object) -> Any:
        """The value from its text, or from itself. Refuses anything else."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(cls.SCHEMA)
