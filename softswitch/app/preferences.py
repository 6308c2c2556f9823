"""What users set by code, kept over restarts."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.routing import Preferences


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    extensions: dict[str, Preferences]


_FORMAT: Final = TypeAdapter(_File)


class PreferencesFile(KeptFile[Preferences]):
    """Extension → its preferences."""

    what = "what users have set by code"

    def encode(self, kept: dict[str, Preferences]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1, exclude_defaults=True)

    def decode(self, content: bytes) -> dict[str, Preferences]:
        return dict(_FORMAT.validate_json(content).extensions)
