"""One party of a conference, from when it is let in: see conference_door.py for the way there."""

from pathlib import Path
from typing import TYPE_CHECKING

from softswitch.calls.conference_keys import RoomKeys
from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.inviting import Invitation, invite
from softswitch.calls.prompter import Prompter
from softswitch.calls.room import Room
from softswitch.calls.step import Enter, Step
from softswitch.records.events import ConferenceJoined, ConferenceLeft
from softswitch.routing import Outcome
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class InConference(Step):
    """Hears all the others; leads it with keys."""

    state = "conference"

    def __init__(
        self, call: "Call", room: Room, is_moderator: bool = False, name: Path | None = None
    ) -> None:
        """`name`: a file in which he says it, the room's from now on."""
        super().__init__(call)
        self.room = room
        self.place = 0
        """As the how manyth he has come."""
        self.is_moderator = is_moderator
        self.muted = False
        self._name = name
        self._inside = False
        self._keys = RoomKeys()
        self._prompter = Prompter(call)
        self._invitation: Invitation | None = None
        self._ending: Ending | None = None

    @property
    def leg(self) -> Leg:
        """The party."""
        return self.call.caller

    @property
    def is_spoken_to(self) -> bool:
        """Whether a prompt is being played to him."""
        return self._prompter.speaks

    @property
    def invites(self) -> bool:
        """Whether somebody is being rung for him."""
        return self._invitation is not None

    def start(self) -> None:
        call, room = self.call, self.room
        call.callee, call.called_name = None, room.name
        call.has_sound(self.leg)
        self._inside = True
        call.publish(ConferenceJoined(call.now(), call.id, self.leg.number, room.number))
        room.enter(self, self._name)
        self.connect()
        if room.settings is not None and room.settings.record and room.recorder is None:
            room.record(call.id)
        elif room.recorder is not None:
            self.say("recording-started")
        elif room.waits:
            self.say("wait-for-moderator")
        elif len(room.members) == 1:
            self.say("first-in-room")

    def leave(self) -> None:
        self.hush()
        self._withdraw()
        self._go_out()
        self.room.not_coming(self.call)

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
            self.connect(anew=leg)
        elif isinstance(event, Played):
            self._played()
        elif isinstance(event, Digit):
            self._press(event.digit)

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer into the room: who is brought comes in, and who brought him leaves."""
        if self.next is not None or not self._inside or leg is not self.leg:
            return None
        return lambda call, _: InConference(call, self.room)

    # ---- keys ----

    def _press(self, key: str) -> None:
        if self._inside:
            self._keys.press(self, key)

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
        self.say(prompt)
        self.call.inbox.wake()

    # ---- inviting ----

    def invite(self, number: str) -> None:
        """Have somebody rung, who comes in if he wants to."""
        room = self.room
        if room.is_full:
            self.say("room-full")
            return
        self._invitation = invite(room, self.call, number, lambda call: InConference(call, room))
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
        self.connect()

    def _watch(self, invitation: Invitation) -> None:
        self.after(max(0.0, invitation.until - self.call.time()), self._not_accepted)

    def _ask_invited(self) -> None:
        if self._invitation is not None:
            self._invitation.ask()
            self.connect()

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
        self._prompter.say(*prompts, **slots)
        self.connect()

    def _played(self) -> None:
        if not self._prompter.goes_on() and self._ending is not None:
            self.next = self._ending
        else:
            self.connect()

    def hush(self) -> None:
        """Nothing is said to him any more."""
        self._prompter.hush()

    def connect(self, anew: Leg | None = None) -> None:
        """Bring what he hears in line with what is said to him, and with who is in the room."""
        pairs = self._prompter.pairs()
        if self._inside:
            pairs = [pair for pair in pairs if pair[1] is self.leg]  # that his sound is read the room sees to
        if self._invitation is not None:
            pairs += self._invitation.pairs()
        self.call.hearing.let(pairs, anew)
        if self._inside:
            self.room.connect(anew)
