"""How an operator writes a value that stands in a model."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from softswitch.config.durations import OFF, Duration, format_duration
from softswitch.config.section import Section


def duration_of(field: FieldInfo) -> Duration | None:
    """The duration that a field holds, if it holds one."""
    marks = list(field.metadata)
    for kind in getattr(field.annotation, "__args__", ()):
        marks.extend(getattr(kind, "__metadata__", ()))
    return next((mark for mark in marks if isinstance(mark, Duration)), None)


def written(value: Any, field: FieldInfo) -> Any:
    """The value as JSON or YAML has it: durations with their unit, addresses as text, never a password.

    None stays None, the sign of a setting that is left out, unless it means `off`.
    """
    duration = duration_of(field)
    if duration is not None:
        if value is None:
            return OFF if duration.off else None
        return format_duration(value)
    if value is None and any(getattr(kind, "off", False) for kind in field.metadata):
        return OFF
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, SecretStr):
        return "(a password)"
    if isinstance(value, Section):
        fields = {name: getattr(value, name) for name in value.model_fields_set}
        return {name: _plain(item) for name, item in fields.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Section):
        fields = type(value).model_fields
        return {
            name: written(getattr(value, name), fields[name])
            for name in fields
            if name in value.model_fields_set
        }
    return value.key if isinstance(value, ZoneInfo) else str(value)


def as_text(value: Any, field: FieldInfo) -> str:
    """The same on one line, for a sentence or a table."""
    found = written(value, field)
    if isinstance(found, dict):
        return ", ".join(f"{key}: {item}" for key, item in found.items()) or "not set"
    if isinstance(found, list):
        return ", ".join(str(item) for item in found) or "not set"
    if isinstance(found, bool):
        return "true" if found else "false"
    return "not set" if found is None else str(found)
