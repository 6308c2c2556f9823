"""Modes set by hand, kept over restarts."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.routing import Forced


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    numbers: dict[str, Forced]


_FORMAT: Final = TypeAdapter(_File)


class ForcedModesFile(KeptFile[Forced]):
    """Outside number → the mode set for it; "" is all numbers."""

    what = "the modes set by hand"

    def encode(self, kept: dict[str, Forced]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1)

    def decode(self, content: bytes) -> dict[str, Forced]:
        return dict(_FORMAT.validate_json(content).numbers)
