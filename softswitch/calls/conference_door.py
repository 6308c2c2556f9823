"""The way into a conference: the pin, if the room has one, and the name, if names are announced."""

import secrets
from typing import TYPE_CHECKING, Final

from softswitch.calls.conference import InConference
from softswitch.calls.conference_keys import BETWEEN_KEYS
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.prompter import Prompter
from softswitch.calls.room import Room
from softswitch.calls.speaking import let_sender_go
from softswitch.calls.spoken_name import SpokenName
from softswitch.calls.step import Step
from softswitch.calls.waiting import is_answered
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

TRIES: Final = 3


def enter(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """The caller comes to the door of the room of that number, which opens for the first one."""
    settings = call.router.conference(number)
    if settings is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    room = call.exchange.rooms.get(number)
    if room is None:
        room = call.exchange.rooms[number] = Room(call.exchange, number, settings)
    return AtTheDoor(call, room, side)


class AtTheDoor(Step):
    """He is answered, and shows that he may come in. `side`: who has sent him here, and is let go."""

    state = "conference"

    def __init__(self, call: "Call", room: Room, side: "Side | None" = None) -> None:
        super().__init__(call)
        self._room = room
        self._side = side
        self._typed = ""
        self._tries = 0
        self._is_moderator = False
        self._prompter = Prompter(call)
        self._name: SpokenName | None = None
        self._ending: Ending | None = None
        room.expected.add(call)

    @property
    def leg(self) -> Leg:
        """The party."""
        return self.call.caller

    def start(self) -> None:
        call, room = self.call, self._room
        let_sender_go(call, self._side)
        if not is_answered(self.leg):
            self.leg.answer((asserted(call.exchange.domain, room.number, room.name),))
        call.callee, call.called_name = None, room.name
        if call.answered_at is None:
            call.answered_at = call.now()
        call.has_sound(self.leg)
        settings = room.settings
        if settings is not None and (settings.pin is not None or settings.moderator_pin is not None):
            self._say("enter-pin")
            self.after(2 * BETWEEN_KEYS, self._typed_all)
        else:
            self._is_let_in(call.is_of_the_house(self.leg))

    def leave(self) -> None:
        self._prompter.hush()
        self._forget_name()
        if not isinstance(self.next, InConference):
            self._room.not_coming(self.call)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.leg:
            return
        if isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged):
            self._connect(anew=leg)
        elif isinstance(event, Played):
            self._played()
        elif isinstance(event, Digit) and self._ending is None:
            self._press(event.digit)  # who is being told why he has to go is not brought back by a key

    # ---- the pin ----

    def _press(self, key: str) -> None:
        if self._name is not None:
            if not self._name.asks and key == "#":
                self._name_said()
            return
        self._prompter.hush()
        self._connect()
        if key == "#":
            self._typed_all()
        else:
            self._typed += key
            self.after(BETWEEN_KEYS, self._typed_all)

    def _typed_all(self) -> None:
        self.not_after_all(self._typed_all)
        settings, typed = self._room.settings, self._typed
        self._typed = ""
        pins = (settings.pin, settings.moderator_pin) if settings is not None else (None, None)
        pin, moderator = (one.get_secret_value() if one is not None else None for one in pins)
        if moderator is not None and secrets.compare_digest(typed, moderator):
            self._is_let_in(True)
        elif pin is None or secrets.compare_digest(typed, pin):
            self._is_let_in(moderator is None and self.call.is_of_the_house(self.leg))
        else:
            self._tries += 1
            if self._tries >= TRIES:
                self._end_with("wrong-pin", Outcome.WRONG_PIN)
            else:
                self._say("wrong-pin", "enter-pin")
                self.after(2 * BETWEEN_KEYS, self._typed_all)

    # ---- the name ----

    def _is_let_in(self, is_moderator: bool) -> None:
        """He knows the pin. Where names are announced he says his own first."""
        self._is_moderator = is_moderator
        if self._may_not_come_in():
            return
        settings = self._room.settings
        if settings is not None and settings.announce == "names":
            self._prompter.hush()
            self._name = SpokenName(self.call, self.leg)
            self._connect()
        else:
            self._come_in()

    def _record_name(self, name: SpokenName) -> None:
        try:
            name.record()
        except (SipError, OSError) as error:
            self.call.log.warning("name not recorded", error=str(error))
            self._come_in()
            return
        self.after(name.seconds, self._name_said)
        self._connect()

    def _name_said(self) -> None:
        if self._name is not None:
            self.not_after_all(self._name_said)
            self._name.stop()
            self._connect()

    def _forget_name(self) -> None:
        if self._name is not None:
            self._name.close()
            self._name = None

    # ---- the door ----

    def _may_not_come_in(self) -> bool:
        room = self._room
        if room.is_full:
            self._end_with("room-full", Outcome.ROOM_FULL)
        elif room.locked and not self._is_moderator:
            self._end_with("room-locked", Outcome.ROOM_LOCKED)
        return self._ending is not None

    def _come_in(self) -> None:
        if self._may_not_come_in():
            return  # while he said his name
        file = self._name.file if self._name is not None else None
        self._name = None  # what he has said is the room's
        self.next = InConference(self.call, self._room, self._is_moderator, file)

    def _end_with(self, prompt: str, outcome: Outcome) -> None:
        self._ending = Ending.by_us(outcome)
        self._forget_name()
        self._say(prompt)

    # ---- what he hears ----

    def _say(self, *prompts: str) -> None:
        self._prompter.say(*prompts)
        self._connect()

    def _played(self) -> None:
        name = self._name
        if name is not None and name.asks:
            self._record_name(name)
        elif name is not None:
            if name.complete:
                self._come_in()
        elif not self._prompter.goes_on() and self._ending is not None:
            self.next = self._ending
        else:
            self._connect()

    def _connect(self, anew: Leg | None = None) -> None:
        pairs = self._name.pairs() if self._name is not None else self._prompter.pairs()
        self.call.hearing.let(pairs, anew)
