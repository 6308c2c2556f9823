"""The lamps on phones' keys (BLF): what is watched, and whoever watches it told when it changes.

Whatever happens in calls is a reason to look, a tenth of a second later: however many calls there are, and
however many lamps, all lines are looked at ten times a second at most, and only while somebody watches.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from softswitch.app.lamp_documents import dialog_info, numbered, presence
from softswitch.calls.exchange import Exchange
from softswitch.calls.line_states import Line, LineState, lines_of
from softswitch.calls.ringing import Ringing
from softswitch.config.feature import Feature
from softswitch.config.places import PlaceKind
from softswitch.records.events import CallEvent
from softswitch.sip.event_package import NotAllowed
from softswitch.sip.subscriptions import Subscription, Subscriptions

DIALOG, PRESENCE = "dialog", "presence"
_SOON: Final = 0.1
"""Seconds from what happens to what is told."""
_AT_ONCE: Final = 10
_GAP: Final = 0.01
"""So many are told, and so many seconds later the next ones: lamps must not keep calls waiting."""
_EVERY: Final = 2.0
"""Seconds between two looks at what no event tells of."""
Seen = tuple[object, ...]


class Watched:
    """What one subscription of either kind can be of, and how it is now.

    A resource is a word and what it is about, such as `extension 102` or `pause 101`.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.told: dict[str, Seen] = {}
        """How things stood when watchers were told last."""
        self.documents: dict[tuple[str, str, bool], bytes] | None = None
        """While many are told of one moment: what is told, but for its version."""

    @property
    def domain(self) -> str:
        """Of all of them."""
        return self._exchange.router.dialplan.domain

    def resource(self, watcher: str, user: str) -> str | None:
        """See sip.event_package.EventPackage."""
        router = self._exchange.router
        if router.extension(user) is not None:
            if not router.may_watch(watcher, user):
                raise NotAllowed
            return f"extension {user}"
        if user in router.orbits:
            return f"orbit {user}"
        features = router.dialplan.features
        for feature, word in (
            (Feature.DO_NOT_DISTURB, "undisturbed"),
            (Feature.FORWARD_ALWAYS, "forwarded"),
            (Feature.QUEUE_PAUSE, "paused"),
        ):
            if user and user == features.code(feature):
                return f"{word} {watcher}"
        if (mode := self._mode(user, features.code(Feature.MODE))) is not None:
            return f"mode {mode}"
        place = router.place(user)
        if place is not None and place.kind in (PlaceKind.CONFERENCE, PlaceKind.QUEUE, PlaceKind.DEPARTMENT):
            return f"{place.kind.value} {place.key}"
        return None

    def lines(self, resource: str, all_lines: dict[str, list[Line]] | None = None) -> list[Line]:
        """The calls of what is an extension."""
        kind, _, key = resource.partition(" ")
        if kind != "extension":
            return []
        found = lines_of(self._exchange.calls) if all_lines is None else all_lines
        return found.get(key, [])

    def state(self, resource: str) -> LineState | None:
        """Of what is no extension: how its lamp is lit; None for not at all."""
        exchange = self._exchange
        kind, _, key = resource.partition(" ")
        lit = False
        match kind:
            case "orbit":
                lit = exchange.lot.at(key) is not None
            case "conference":
                lit = key in exchange.rooms
            case "queue":
                return LineState.EARLY if len(exchange.queues.line(key)) else None
            case "department":
                return LineState.EARLY if self._rings(key) else None
            case "undisturbed":
                lit = bool(exchange.preferences.of(key).do_not_disturb)
            case "forwarded":
                lit = exchange.preferences.of(key).forward_always is not None
            case "paused":
                lit = exchange.queues.agents.of(key).paused
            case "mode":
                forced = exchange.modes.of("")
                holds = forced is not None and forced.holds(exchange.clock())
                lit = forced is not None and holds and key in ("", forced.mode)
        return LineState.CONFIRMED if lit else None

    def seen(self, resource: str, all_lines: dict[str, list[Line]]) -> Seen:
        """What the lamp depends on: while it is the same nobody is told anything."""
        if not resource.startswith("extension "):
            return (self.state(resource),)
        number = resource.removeprefix("extension ")
        lines = self.lines(resource, all_lines)
        return (
            *((line.leg.token, *line[1:]) for line in lines),
            self._exchange.is_reachable(number),
            self.is_undisturbed(number),
        )

    def begin(self, resource: str) -> None:
        """Somebody is told; the first one of all sets what others are compared with."""
        if resource not in self.told:
            self.told[resource] = self.seen(resource, lines_of(self._exchange.calls))

    def document(self, key: tuple[str, str, bool], write: Callable[[], bytes]) -> bytes:
        """What is told: written once for all who are told of one moment."""
        if self.documents is None:
            return write()
        if key not in self.documents:
            self.documents[key] = write()
        return self.documents[key]

    def is_reachable(self, resource: str) -> bool:
        """Whether it has a phone; what is no extension is always there."""
        kind, _, key = resource.partition(" ")
        return kind != "extension" or self._exchange.is_reachable(key)

    def is_undisturbed(self, number: str) -> bool:
        """Whether it takes no calls."""
        extension = self._exchange.router.extension(number)
        own = self._exchange.preferences.of(number).do_not_disturb
        return bool(own) if own is not None else extension is not None and extension.do_not_disturb

    def may_know(self, watcher: str, resource: str) -> bool:
        """Whether it is told with whom: where it could pick the call up, and of itself."""
        kind, _, key = resource.partition(" ")
        return kind == "extension" and (watcher == key or self._exchange.router.may_pick_up(watcher, key))

    def _mode(self, user: str, code: str | None) -> str | None:
        """The mode that the code sets; empty for the code alone, which is lit by any set by hand."""
        if not code or not user.startswith(code):
            return None
        place, modes = user.removeprefix(code), list(self._exchange.router.dialplan.modes)
        if not place:
            return ""
        is_one = place.isascii() and place.isdigit() and 1 <= int(place) <= len(modes)
        return modes[int(place) - 1] if is_one else None

    def _rings(self, key: str) -> bool:
        department = self._exchange.router.dialplan.departments_by_name.get(key)
        number = department.number or key if department is not None else key
        steps = (call.step for call in self._exchange.calls)
        return any(isinstance(step, Ringing) and step.ring.number in (number, key) for step in steps)


def _user(resource: str) -> str:
    """Whose state a document is: for lamps of one's own settings, the setting."""
    kind, _, key = resource.partition(" ")
    return key if kind in ("extension", "orbit", "conference", "queue", "department") else kind


class DialogLamps:
    """Event package `dialog` (RFC 4235): what desk phones subscribe to for their keys."""

    name = DIALOG
    content_type = "application/dialog-info+xml"

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self.resource = watched.resource

    def body(self, resource: str, version: int, watcher: str) -> bytes:
        """RFC 4235 §4, always the full state."""
        watched = self._watched
        watched.begin(resource)
        knows = watched.may_know(watcher, resource)

        def write() -> bytes:
            lines, state = watched.lines(resource), watched.state(resource)
            return dialog_info(_user(resource), watched.domain, lines, state, knows=knows)

        return numbered(watched.document((DIALOG, resource, knows), write), version)


class PresenceLamps:
    """Event package `presence` (RFC 3856): what softphones subscribe to for their lists of colleagues."""

    name = PRESENCE
    content_type = "application/pidf+xml"

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self.resource = watched.resource

    def body(self, resource: str, version: int, watcher: str) -> bytes:
        """RFC 3863, with the activities of RFC 4480."""
        del version, watcher
        self._watched.begin(resource)
        return self._watched.document((PRESENCE, resource, False), lambda: self._written(resource))

    def _written(self, resource: str) -> bytes:
        watched, user = self._watched, _user(resource)
        states = [line.state for line in watched.lines(resource)]
        state = watched.state(resource)
        if state is None and states:
            state = LineState.CONFIRMED if LineState.CONFIRMED in states else states[0]
        undisturbed = resource.startswith("extension ") and watched.is_undisturbed(user)
        return presence(user, watched.domain, watched.is_reachable(resource), state, undisturbed)


class Lamps:
    """Looks when something has happened, and tells whoever watches what has changed: a few at a time."""

    def __init__(self, subscriptions: Subscriptions, exchange: Exchange) -> None:
        self._subscriptions = subscriptions
        self._exchange = exchange
        self._watched = Watched(exchange)
        subscriptions.offer(DialogLamps(self._watched), PresenceLamps(self._watched))
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._untold: list[Subscription] = []

    def take(self, _event: CallEvent) -> None:
        """Something has happened in a call. Costs next to nothing while nobody watches, or a look is due."""
        if self._timer is None and len(self._subscriptions):
            self._timer = self._loop.call_later(_SOON, self._look)

    async def run(self) -> None:
        """Until cancelled: what no event tells of, such as a mode set on the command line."""
        while True:
            await asyncio.sleep(_EVERY)
            if self._timer is None and len(self._subscriptions):
                self._look()

    def _look(self) -> None:
        self._timer = None
        resources = self._subscriptions.resources(DIALOG, PRESENCE)
        lines = lines_of(self._exchange.calls) if resources else {}
        before = self._watched.told
        now = self._watched.told = {one: self._watched.seen(one, lines) for one in resources}
        changed = {one for one, seen in now.items() if before.get(one, seen) != seen}
        if changed:
            self._watched.documents = {}
            self._untold = self._subscriptions.watching((DIALOG, PRESENCE), changed)
            self._tell_some()

    def _tell_some(self) -> None:
        """All hear of the same moment; what happens meanwhile is looked at when all know that."""
        told, self._untold = self._untold[:_AT_ONCE], self._untold[_AT_ONCE:]
        for one in told:
            self._subscriptions.tell(one)
        if self._untold:
            self._timer = self._loop.call_later(_GAP, self._tell_some)
        else:
            self._watched.documents = None
            self._timer = self._loop.call_later(_SOON, self._look)
