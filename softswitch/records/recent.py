"""The last calls and what happened in them, in memory, for the operator's questions of the moment."""

from collections import OrderedDict
from dataclasses import dataclass, field

from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted, DeviceCalled


@dataclass(slots=True)
class CallStory:
    """One call, as its events told it so far."""

    id: str
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    called_name: str = ""
    started_at: float = 0.0
    answered_at: float | None = None
    ended_at: float | None = None
    outcome: str | None = None
    blame: str | None = None
    words: str | None = None
    events: list[CallEvent] = field(default_factory=list)

    @property
    def dialogs(self) -> dict[str, str]:
        """SIP Call-ID → extension of each leg that it had."""
        dialogs = {}
        for event in self.events:
            if isinstance(event, CallStarted):
                dialogs[event.dialog] = event.caller
            elif isinstance(event, DeviceCalled):
                dialogs[event.dialog] = event.number
        return dialogs


def begins(name: str, wanted: str) -> bool:
    """Whether a call's id begins so. A number in it counts whole: x-1 is another call than x-12."""
    rest = name.removeprefix(wanted)
    return bool(wanted) and name.startswith(wanted) and not (wanted[-1].isdigit() and rest[:1].isdigit())


class RecentCalls:
    """Stories of live calls, and of the last `limit` ended ones."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._live: dict[str, CallStory] = {}
        self._ended: OrderedDict[str, CallStory] = OrderedDict()

    def take(self, event: CallEvent) -> None:
        """One more event."""
        if not event.call:
            return  # of no call: what an operator has done
        story = self._live.get(event.call)
        if story is None:
            story = self._live[event.call] = CallStory(event.call)
        story.events.append(event)
        if isinstance(event, CallStarted):
            story.caller, story.caller_name = event.caller, event.caller_name
            story.called, story.started_at = event.called, event.at
        elif isinstance(event, CallAnswered):
            story.answered_at, story.called_name = event.at, event.name
        elif isinstance(event, CallEnded):
            story.ended_at, story.outcome = event.at, event.outcome
            story.blame, story.words = event.blame, event.words
            self._end(story)

    def _end(self, story: CallStory) -> None:
        self._live.pop(story.id, None)
        self._ended[story.id] = story
        if len(self._ended) > self._limit:
            self._ended.popitem(last=False)

    def find(self, wanted: str) -> CallStory:
        """By id, an unambiguous beginning of it, or `last`. Raises KeyError with a sentence."""
        stories = {**self._ended, **self._live}
        if wanted == "last":
            if not stories:
                raise KeyError("there has been no call since the switch was started")
            return max(stories.values(), key=lambda story: story.started_at)
        if wanted in stories:
            return stories[wanted]
        matches = [story for name, story in stories.items() if begins(name, wanted)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise KeyError(f"{wanted!r} fits {len(matches)} calls")
        raise KeyError(f"no call {wanted!r} among the live and the last {self._limit} ended ones")

    def ended(self, count: int) -> list[CallStory]:
        """The last ended calls, latest first."""
        return list(self._ended.values())[::-1][:count]
