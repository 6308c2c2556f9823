"""The dialplan's format as JSON Schema, for editors that complete and check while typing."""

from typing import Any

from pydantic_core import PydanticUndefined

from softswitch.config.dialplan import Dialplan
from softswitch.config.section import Section, all_sections_of, sections_of
from softswitch.config.tables import KEY_FIELDS, TABLES
from softswitch.config.written import written

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULL = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a dialplan file.

    Whatever `load` takes, the schema takes. The reverse cannot hold: that files exist, ports are free of each
    other and timezones are known, only `load` sees.
    """
    schema = _without_nulls(Dialplan.model_json_schema())
    for model, part in _parts(schema):
        for name, field in model.model_fields.items():
            _polish(part["properties"][name])
            default = None if field.default is PydanticUndefined else written(field.default, field)
            part["properties"][name]["description"] = field.description
            if default not in (None, {}, []) and name not in sections_of(model):
                part["properties"][name]["default"] = default
    for table, model in TABLES.items():
        _key_stands_outside(schema["$defs"][model.__name__], KEY_FIELDS[table])
    schema["description"] = "One office telephone exchange: who is there, and how the world reaches it."
    return {"$schema": DIALECT, **schema, "title": "Softswitch dialplan, version 1"}


def _parts(schema: dict[str, Any]) -> list[tuple[type[Section], dict[str, Any]]]:
    """Each model with its part of the schema."""
    return [
        (Dialplan, schema),
        *((kind, schema["$defs"][kind.__name__]) for kind in all_sections_of(Dialplan)),
    ]


def _polish(setting: dict[str, Any]) -> None:
    """Drops pydantic's titles, which only repeat the keys, and its defaults, not as one writes them."""
    setting.pop("title", None)
    setting.pop("default", None)
    if "patternProperties" in setting:
        setting["additionalProperties"] = False


def _key_stands_outside(entry: dict[str, Any], field: str) -> None:
    del entry["properties"][field]
    entry["required"].remove(field)
    if not entry["required"]:
        del entry["required"]


def _without_nulls(node: Any) -> Any:
    """A key without a value is refused by `load`; pydantic's null only stands for a key that is left out."""
    if isinstance(node, list):
        return [_without_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _without_nulls(value) for key, value in node.items() if (key, value) != ("default", None)}
    if _NULL in found.get("anyOf", ()):
        choices = [choice for choice in found.pop("anyOf") if choice != _NULL]
        found = {**choices[0], **found} if len(choices) == 1 else {**found, "anyOf": choices}
    return found
