"""What agents of queues have set, kept over restarts."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from softswitch.app.kept_file import KeptFile
from softswitch.calls.agents import AgentState


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    agents: dict[str, AgentState]


_FORMAT: Final = TypeAdapter(_File)


class AgentStatesFile(KeptFile[AgentState]):
    """Extension → what it has set."""

    what = "who is logged into queues and who pauses"

    def encode(self, kept: dict[str, AgentState]) -> bytes:
        return _FORMAT.dump_json(_File(1, kept), indent=1, exclude_defaults=True)

    def decode(self, content: bytes) -> dict[str, AgentState]:
        return dict(_FORMAT.validate_json(content).agents)
