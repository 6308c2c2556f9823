"""What all parts of a dialplan have in common."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

# In a field's json_schema_extra: this setting is read once, at start.
RESTART = "x-restart"


class Section(BaseModel):
    """A part of the dialplan: immutable, no unknown keys, no value bent into another type."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )


def restart_only() -> dict[str, Any]:
    """`json_schema_extra` of a field that a running switch cannot change."""
    return {RESTART: True}


@cache
def sections_of(model: type[Section]) -> dict[str, type[Section]]:
    """The fields of a section that hold further sections, with their models."""
    found: dict[str, type[Section]] = {}
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *_plain_types(getattr(field.annotation, "__args__", ()))):
            if isinstance(kind, type) and issubclass(kind, Section):
                found[name] = kind
    return found


@cache
def tables_of(model: type[Section]) -> frozenset[str]:
    """Those of them whose keys the operator chooses: a section stands under each."""
    fields = model.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if name in sections_of(model) and getattr(field.annotation, "__origin__", None) is Mapping
    )


@cache
def all_sections_of(model: type[Section]) -> tuple[type[Section], ...]:
    """The models of all sections inside a section, at any depth, each once."""
    found: dict[type[Section], None] = {}
    for kind in sections_of(model).values():
        found.update(dict.fromkeys((kind, *all_sections_of(kind))))
    return tuple(found)


@cache
def secrets_of(model: type[Section]) -> frozenset[str]:
    """The fields of a section that hold a secret."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(
            kind is SecretStr
            for kind in (field.annotation, *_plain_types(getattr(field.annotation, "__args__", ())))
        )
    )


def _plain_types(kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    """What stands behind Annotated."""
    return tuple(getattr(kind, "__origin__", kind) for kind in kinds)
