"""What a value may refer to while a dialplan is read: the file's own folder, and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo


@dataclass(frozen=True, slots=True)
class Context:
    """Where relative paths start, and where `{env: NAME}` looks."""

    folder: Path
    environment: Mapping[str, str]

    @staticmethod
    def of(info: ValidationInfo) -> "Context | None":
        """The context of this validation; None when a model is built by hand rather than read from a file."""
        found: Any = info.context
        return found if isinstance(found, Context) else None
