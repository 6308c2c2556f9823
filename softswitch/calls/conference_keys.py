"""The keys of a party in a conference: `*` and one key; 2 to 7 are the moderator's."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from softswitch.calls.conference import InConference

BETWEEN_KEYS: Final = 5.0
"""Seconds after which a pin or number counts as complete."""


class RoomKeys:
    """What one party has pressed so far. It knows no party, so that no cycle stays behind."""

    def __init__(self) -> None:
        self._star = False
        self._typed = ""
        self._takes: Callable[[InConference, str], None] | None = None
        """What digits are being pressed for; None while keys are commands."""

    def press(self, member: "InConference", key: str) -> None:
        """One key more."""
        if self._takes is not None:
            self._digit(member, key)
        elif self._star:
            self._star = False
            self._command(member, key)
        else:
            self._star = key == "*"

    def complete(self, member: "InConference") -> None:
        """No more digits come."""
        takes, typed = self._takes, self._typed
        self._takes, self._typed = None, ""
        if takes is not None and typed:
            takes(member, typed)

    def _digit(self, member: "InConference", key: str) -> None:
        member.hush()
        if key == "*":
            self._takes, self._typed = None, ""
        elif key == "#":
            self.complete(member)
        else:
            self._typed += key
            member.digits_end_in(BETWEEN_KEYS)

    def _ask(self, member: "InConference", prompt: str, takes: Callable[["InConference", str], None]) -> None:
        self._takes, self._typed = takes, ""
        member.say(prompt)
        member.digits_end_in(3 * BETWEEN_KEYS)

    def _command(self, member: "InConference", key: str) -> None:
        room = member.room
        match key:
            case "1":
                member.mute(not member.muted)
            case "0":
                others = len(room.members) - 1
                if others == 1:
                    member.say("one-in-room")
                else:
                    member.say("people-in-room", count=str(others))
            case "*":
                member.say("room-help-moderator" if member.is_moderator else "room-help")
            case _ if member.is_moderator:
                self._moderate(member, key)

    def _moderate(self, member: "InConference", key: str) -> None:
        room = member.room
        others = [one for one in room.members if one is not member]
        match key:
            case "2":
                room.lock(not room.locked)
                member.say("room-now-locked" if room.locked else "room-now-unlocked")
            case "3" if others:
                others[-1].kick()
            case "4":
                silent = not all(one.muted for one in others)
                for one in others:
                    one.mute(silent)
                member.say("all-muted" if silent else "all-unmuted")
            case "5":
                if room.recorder is None:
                    room.record(member.call.id)
                else:
                    room.stop_recording()
            case "6" if not member.invites:
                self._ask(member, "invite-number", lambda who, number: who.invite(number))
            case "7":
                self._ask(member, "enter-party", _mute_one)


def _mute_one(member: "InConference", place: str) -> None:
    """By the number that says as the how manyth he has come."""
    found = next((one for one in member.room.members if str(one.place) == place.lstrip("0")), None)
    if found is None:
        member.say("nobody-there")
        return
    found.mute(not found.muted)
    if found is not member:
        member.say("party-muted" if found.muted else "party-unmuted", place=str(found.place))
