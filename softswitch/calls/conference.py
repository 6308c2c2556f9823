"""One party of a conference: the way in, and the keys while in it."""

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.room import Room
from softswitch.calls.step import Enter, Step
from softswitch.calls.transferor import Transferor
from softswitch.calls.waiting import is_answered
from softswitch.records.events import ConferenceJoined, ConferenceLeft
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

TRIES: Final = 3
BETWEEN_KEYS: Final = 5.0
"""Seconds after which a pin counts as complete."""


def enter(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """The caller comes into the room of that number, which opens for the first one."""
    settings = call.router.conference(number)
    if settings is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    room = call.exchange.rooms.get(number)
    if room is None:
        room = call.exchange.rooms[number] = Room(call.exchange, number, settings)
    return InConference(call, room, side)


class InConference(Step):
    """First the pin, if there is one; then the room."""

    state = "conference"

    def __init__(self, call: "Call", room: Room, side: "Side | None" = None) -> None:
        super().__init__(call)
        self.room = room
        self.is_moderator = False
        self.muted = False
        self._side = side
        self._inside = False
        self._typed = ""
        self._tries = 0
        self._says: Announcement | None = None
        self._waiting_prompts: list[str] = []
        self._brought = False
        self._ending: Ending | None = None

    @property
    def leg(self) -> Leg:
        """The party."""
        return self.call.caller

    @property
    def is_spoken_to(self) -> bool:
        """Whether a prompt is being played to him."""
        return self._says is not None

    def start(self) -> None:
        call, room = self.call, self.room
        if not is_answered(self.leg):
            self.leg.answer((asserted(call.exchange.domain, room.number, room.name),))
        call.callee, call.called_name = None, room.name
        if call.answered_at is None:
            call.answered_at = call.now()
        call.has_sound(self.leg)
        if isinstance(self._side, Transferor):
            self._side.done(200)
        settings = room.settings
        if self._brought:
            self._come_in(False)
        elif settings is not None and (settings.pin is not None or settings.moderator_pin is not None):
            self._say("enter-pin")
            self.after(2 * BETWEEN_KEYS, self._typed_all)
        else:
            self._come_in(call.is_of_the_house(self.leg))

    def leave(self) -> None:
        self._hush()
        self._go_out()

    def _go_out(self) -> None:
        if self._inside:
            self._inside = False
            call = self.call
            call.publish(ConferenceLeft(call.now(), call.id, self.leg.number, self.room.number))
        self.room.leave(self)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.leg:
            return
        if isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged):
            self._connect(anew=leg)
        elif isinstance(event, Played):
            self._played()
        elif isinstance(event, Digit):
            self._press(event.digit)

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer into the room: who is brought comes in, and who brought him leaves."""
        if self.next is not None or not self._inside:
            return None
        return lambda call, _: InConference(call, self.room).let_in()

    def let_in(self) -> "InConference":
        """Without a pin: somebody inside has brought him."""
        self._brought = True
        return self

    # ---- the way in ----

    def _typed_all(self) -> None:
        settings, typed = self.room.settings, self._typed
        self._typed = ""
        pins = (settings.pin, settings.moderator_pin) if settings is not None else (None, None)
        pin, moderator = (one.get_secret_value() if one is not None else None for one in pins)
        if moderator is not None and secrets.compare_digest(typed, moderator):
            self._come_in(True)
        elif pin is None or secrets.compare_digest(typed, pin):
            self._come_in(moderator is None and self.call.is_of_the_house(self.leg))
        else:
            self._tries += 1
            if self._tries >= TRIES:
                self._end_with("wrong-pin", Ending.by_us(Outcome.WRONG_PIN))
            else:
                self._say("wrong-pin", "enter-pin")
                self.after(2 * BETWEEN_KEYS, self._typed_all)

    def _come_in(self, is_moderator: bool) -> None:
        self.not_after_all(self._typed_all)
        room, call = self.room, self.call
        self.is_moderator = is_moderator
        if room.is_full and not self._brought:
            self._end_with("room-full", Ending.by_us(Outcome.ROOM_FULL))
            return
        if room.locked and not is_moderator and not self._brought:
            self._end_with("room-locked", Ending.by_us(Outcome.ROOM_LOCKED))
            return
        self._inside = True
        call.publish(ConferenceJoined(call.now(), call.id, self.leg.number, room.number))
        room.enter(self)
        if room.settings is not None and room.settings.record and room.recorder is None:
            self._record()
        if room.waits:
            self._say("wait-for-moderator")
        elif len(room.members) == 1:
            self._say("first-in-room")

    # ---- keys ----

    def _press(self, key: str) -> None:
        if self._ending is not None:
            return  # he is being told why he has to go: no key brings him back
        if not self._inside:
            self._hush()
            self._connect()
            if key == "#":
                self._typed_all()
            else:
                self._typed += key
                self.after(BETWEEN_KEYS, self._typed_all)
            return
        if self._typed == "*":
            self._typed = ""
            self._command(key)
        elif key == "*":
            self._typed = "*"

    def _command(self, key: str) -> None:
        """`*` and a key; 2 to 5 are the moderator's."""
        room = self.room
        match key:
            case "1":
                self.mute(not self.muted)
            case "0":
                self._say("people-in-room", count=str(len(room.members) - 1))
            case "2" if self.is_moderator:
                room.lock(not room.locked)
                self._say("room-now-locked" if room.locked else "room-now-unlocked")
            case "3" if self.is_moderator:
                others = [member for member in room.members if member is not self]
                if others:
                    others[-1].kick()
            case "4" if self.is_moderator:
                others = [member for member in room.members if member is not self]
                silent = not all(member.muted for member in others)
                for member in others:
                    member.mute(silent)
                self._say("all-muted" if silent else "all-unmuted")
            case "5" if self.is_moderator:
                if room.recorder is None:
                    self._record()
                else:
                    room.recorder.close()
                    room.recorder = None
                    self._say("recording-stopped")

    def mute(self, silent: bool) -> None:
        """The others hear him no more, or again."""
        if self.muted != silent:
            self.muted = silent
            self._say("muted" if silent else "unmuted")
            self.room.connect()

    def kick(self) -> None:
        """He is told, and leaves."""
        self._go_out()
        self._end_with("removed-from-room", Ending.by_us(Outcome.REMOVED))
        self.call.inbox.wake()

    def _record(self) -> None:
        exchange, room = self.call.exchange, self.room
        folder: Path | None = exchange.recordings
        if folder is None:
            return
        stamp = re.sub(r"[^0-9a-z-]", "", self.call.id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            room.recorder = Recorder(folder / f"conference-{room.number}-{stamp}-{len(room.members)}.wav")
        except (SipError, OSError) as error:
            self.call.log.error("conference not recorded", room=room.number, error=str(error))
            return
        self._say("recording-started")
        room.connect()

    # ---- what he hears from us ----

    def _say(self, *prompts: str, **slots: str) -> None:
        self._hush()
        self._waiting_prompts = list(prompts[1:])
        self._says = Announcement(self.call, self.leg, prompts[0], **slots)
        self._connect()

    def _played(self) -> None:
        rest = self._waiting_prompts
        if rest:
            self._say(*rest)
            return
        self._hush()
        if self._ending is not None:
            self.next = self._ending
        else:
            self._connect()

    def _end_with(self, prompt: str, ending: Ending) -> None:
        self._ending = ending
        self.not_after_all(self._typed_all)
        self._say(prompt)

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None

    def _connect(self, anew: Leg | None = None) -> None:
        says = self._says.pairs() if self._says is not None else []
        # Who is in the room is read there.
        self.call.hearing.let([pair for pair in says if pair[1] is self.leg or not self._inside], anew)
        if self._inside:
            self.room.connect(anew)
