"""What is remembered for call completion, kept over restarts."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.calls.completion import Completion


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    extensions: dict[str, Completion]


_FORMAT: Final = TypeAdapter(_File)


class CompletionFile(KeptFile[Completion]):
    """Extension → whom it has dialled last, who has called it, for whom it waits."""

    what = "the last calls and who waits for whom"

    def encode(self, kept: dict[str, Completion]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1, exclude_defaults=True)

    def decode(self, content: bytes) -> dict[str, Completion]:
        return dict(_FORMAT.validate_json(content).extensions)
