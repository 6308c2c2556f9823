"""One party of a conference: the way in, and the keys while in it."""

import secrets
from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.conference_keys import BETWEEN_KEYS, RoomKeys
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.inviting import Invitation, invite
from softswitch.calls.room import Room
from softswitch.calls.spoken_name import SpokenName
from softswitch.calls.step import Enter, Step
from softswitch.calls.transferor import Transferor
from softswitch.calls.waiting import is_answered
from softswitch.records.events import ConferenceJoined, ConferenceLeft
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

TRIES: Final = 3


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
    """First the pin, if there is one, and the name; then the room."""

    state = "conference"

    def __init__(self, call: "Call", room: Room, side: "Side | None" = None) -> None:
        super().__init__(call)
        self.room = room
        self.place = 0
        """As the how manyth he has come; 0 while he has not."""
        self.is_moderator = False
        self.muted = False
        self._side = side
        self._inside = False
        self._typed = ""
        self._tries = 0
        self._keys = RoomKeys()
        self._says: Announcement | None = None
        self._waiting_prompts: list[str] = []
        self._name: SpokenName | None = None
        self._invitation: Invitation | None = None
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

    @property
    def invites(self) -> bool:
        """Whether somebody is being rung for him."""
        return self._invitation is not None

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
            self._come_in()
        elif settings is not None and (settings.pin is not None or settings.moderator_pin is not None):
            self.say("enter-pin")
            self.after(2 * BETWEEN_KEYS, self._typed_all)
        else:
            self._is_let_in(call.is_of_the_house(self.leg))

    def leave(self) -> None:
        self.hush()
        if self._name is not None:
            self._name.close()
            self._name = None
        self._withdraw()
        self._go_out()

    def _go_out(self) -> None:
        if self._inside:
            self._inside = False
            call = self.call
            call.publish(ConferenceLeft(call.now(), call.id, self.leg.number, self.room.number))
        self.room.leave(self)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if self._invitation is not None and self._invitation.has(leg):
            self._invited(self._invitation, leg, event)
        elif leg is not self.leg:
            return
        elif isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged):
            self._connect(anew=leg)
        elif isinstance(event, Played):
            self._played()
        elif isinstance(event, Digit):
            self._press(event.digit)

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer into the room: who is brought comes in, and who brought him leaves."""
        if self.next is not None or not self._inside or leg is not self.leg:
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
            self._is_let_in(True)
        elif pin is None or secrets.compare_digest(typed, pin):
            self._is_let_in(moderator is None and self.call.is_of_the_house(self.leg))
        else:
            self._tries += 1
            if self._tries >= TRIES:
                self._end_with("wrong-pin", Ending.by_us(Outcome.WRONG_PIN))
            else:
                self.say("wrong-pin", "enter-pin")
                self.after(2 * BETWEEN_KEYS, self._typed_all)

    def _is_let_in(self, is_moderator: bool) -> None:
        """He knows the pin. Where names are announced he says his own first."""
        self.not_after_all(self._typed_all)
        self.is_moderator = is_moderator
        room = self.room
        if self._may_not_come_in():
            return
        if room.settings is not None and room.settings.announce == "names":
            self.hush()
            self._name = SpokenName(self.call, self.leg)
            self._connect()
        else:
            self._come_in()

    def _may_not_come_in(self) -> bool:
        room = self.room
        if room.is_full and not self._brought:
            self._end_with("room-full", Ending.by_us(Outcome.ROOM_FULL))
        elif room.locked and not self.is_moderator and not self._brought:
            self._end_with("room-locked", Ending.by_us(Outcome.ROOM_LOCKED))
        return self._ending is not None

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

    def _come_in(self) -> None:
        room, call = self.room, self.call
        if self._may_not_come_in():
            return  # while he said his name
        name, self._name = self._name, None
        self._inside = True
        call.publish(ConferenceJoined(call.now(), call.id, self.leg.number, room.number))
        room.enter(self, name.file if name is not None else None)
        self._connect()
        if room.settings is not None and room.settings.record and room.recorder is None:
            room.record(call.id)
        elif room.recorder is not None:
            self.say("recording-started")
        elif room.waits:
            self.say("wait-for-moderator")
        elif len(room.members) == 1:
            self.say("first-in-room")

    # ---- keys ----

    def _press(self, key: str) -> None:
        if self._ending is not None:
            return  # he is being told why he has to go: no key brings him back
        if self._inside:
            self._keys.press(self, key)
        elif self._name is not None:
            if not self._name.asks and key == "#":
                self._name_said()
        else:
            self.hush()
            self._connect()
            if key == "#":
                self._typed_all()
            else:
                self._typed += key
                self.after(BETWEEN_KEYS, self._typed_all)

    def digits_end_in(self, seconds: float) -> None:
        """So many seconds without a further digit end a number."""
        self.after(seconds, self._no_more_digits)

    def _no_more_digits(self) -> None:
        self._keys.complete(self)

    def mute(self, silent: bool) -> None:
        """The others hear him no more, or again."""
        if self.muted != silent:
            self.muted = silent
            self.say("muted" if silent else "unmuted")
            self.room.connect()

    def kick(self) -> None:
        """He is told, and leaves."""
        self.let_go("removed-from-room", Outcome.REMOVED)

    def let_go(self, prompt: str, outcome: Outcome) -> None:
        """He hears why, and leaves."""
        if self._ending is not None:
            return
        self._ending = Ending.by_us(outcome)
        self._withdraw()
        self._go_out()
        self._end_with(prompt, self._ending)
        self.call.inbox.wake()

    # ---- inviting ----

    def invite(self, number: str) -> None:
        """Have somebody rung, who comes in if he wants to."""
        room = self.room
        if room.is_full:
            self.say("room-full")
            return
        self._invitation = invite(room, self.call, number, lambda call: InConference(call, room).let_in())
        if self._invitation is None:
            self.say("nobody-there")
        else:
            self._watch(self._invitation)

    def _invited(self, invitation: Invitation, leg: Leg, event: LegEvent | Played) -> None:
        asks_in = invitation.take(leg, event)
        if asks_in is not None:
            self.after(asks_in, self._ask_invited)
            self._watch(invitation)
        if not invitation.rings:
            self._invitation = None
            if isinstance(event, Ended):
                self.say("nobody-there")
        self._connect()

    def _watch(self, invitation: Invitation) -> None:
        self.after(max(0.0, invitation.until - self.call.time()), self._not_accepted)

    def _ask_invited(self) -> None:
        if self._invitation is not None:
            self._invitation.ask()
            self._connect()

    def _not_accepted(self) -> None:
        self._withdraw()
        self.say("nobody-there")

    def _withdraw(self) -> None:
        self.not_after_all(self._not_accepted)
        if self._invitation is not None:
            self._invitation.close()
            self._invitation = None

    # ---- what he hears from us ----

    def say(self, *prompts: str, **slots: str) -> None:
        """These prompts, one after another, instead of what is being said to him."""
        self.hush()
        self._waiting_prompts = list(prompts[1:])
        self._says = Announcement(self.call, self.leg, prompts[0], **slots)
        self._connect()

    def _played(self) -> None:
        name = self._name
        if name is not None:
            if name.asks:
                self._record_name(name)
            elif name.complete:
                self._come_in()
            return
        rest = self._waiting_prompts
        if rest:
            self.say(*rest)
            return
        self.hush()
        if self._ending is not None:
            self.next = self._ending
        else:
            self._connect()

    def _end_with(self, prompt: str, ending: Ending) -> None:
        self._ending = ending
        self.not_after_all(self._typed_all)
        if self._name is not None:
            self._name.close()
            self._name = None
        self.say(prompt)

    def hush(self) -> None:
        """Nothing is said to him any more."""
        if self._says is not None:
            self._says.close()
            self._says = None

    def _connect(self, anew: Leg | None = None) -> None:
        says = self._says.pairs() if self._says is not None else []
        if self._name is not None:
            says = self._name.pairs()
        # Who is in the room is read there.
        pairs = [pair for pair in says if pair[1] is self.leg or not self._inside]
        if self._invitation is not None:
            pairs += self._invitation.pairs()
        self.call.hearing.let(pairs, anew)
        if self._inside:
            self.room.connect(anew)
