"""Who watches what, kept for the case that the switch dies: a lamp must not stay dark for an hour."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.sip.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    subscriptions: dict[str, Subscription]


_FORMAT: Final = TypeAdapter(_File)


class SubscriptionsFile(KeptFile[Subscription]):
    """Dialog → what is known of it."""

    what = "who watches whom"

    def encode(self, kept: dict[str, Subscription]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1)

    def decode(self, content: bytes) -> dict[str, Subscription]:
        return dict(_FORMAT.validate_json(content).subscriptions)
