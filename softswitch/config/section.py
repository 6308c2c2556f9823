"""What all parts of a dialplan have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict

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
