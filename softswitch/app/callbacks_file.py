"""Who is to be called back by queues, kept over restarts."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.calls.callback_book import CallbackWish


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    queues: dict[str, tuple[CallbackWish, ...]]


_FORMAT: Final = TypeAdapter(_File)


class CallbacksFile(KeptFile[tuple[CallbackWish, ...]]):
    """Queue → who is to be called back, in order."""

    what = "who is to be called back by queues"

    def encode(self, kept: dict[str, tuple[CallbackWish, ...]]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1, exclude_defaults=True)

    def decode(self, content: bytes) -> dict[str, tuple[CallbackWish, ...]]:
        return dict(_FORMAT.validate_json(content).queues)
