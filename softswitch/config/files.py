"""Files that a dialplan names."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.context import Context
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.refusal import refusal


@dataclass(frozen=True, slots=True)
class FileName:
    """Marks a model's Path: relative ones start at the dialplan's folder. Whether it exists is checked later.

    `word` is a word with a meaning of its own there, kept as it is.
    """

    word: str | None = None

    def parse(self, value: object, info: ValidationInfo) -> Path | str:
        """The path, absolute when a file is being read."""
        if isinstance(value, str) and value == self.word:
            return str(value)
        if isinstance(value, Path):
            value = str(value)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise refusal("this is not a file's name", "write a path, relative to the dialplan or absolute")
        context = Context.of(info)
        return resolve(context.folder, value) if context else Path(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self.parse, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "minLength": 1}


def resolve(folder: Path, name: str) -> Path:
    """`name` made absolute against the dialplan's folder; symbolic links stay as they are."""
    return Path(os.path.normpath(folder / name))


def unreadable(path: Path) -> str | None:
    """Why a file cannot be read, in words; None when it can."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        return f"there is no file {path}"
    except IsADirectoryError:
        return f"{path} is a folder, not a file"
    except PermissionError:
        return f"{path} may not be read by this user"
    except (OSError, ValueError) as error:
        return f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
    return None


def check_file(path: Path, at: KeyPath) -> Iterator[Finding]:
    """Finds a file that is missing or cannot be read."""
    reason = unreadable(path)
    if reason is not None:
        yield Finding(at, reason, "correct the path or the file's rights", value=str(path))
