"""A conference room: every party hears all the others and never himself."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from media.tone_kinds import Tone
from softswitch.calls.room_voice import RoomVoice
from softswitch.config.conference import Conference
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Hearing, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.conference import InConference
    from softswitch.calls.exchange import Exchange

log = structlog.get_logger("softswitch.calls.room")


class Room:
    """From its first party to its last. Who is in it, and who hears whom."""

    def __init__(self, exchange: "Exchange", number: str, settings: Conference | None = None) -> None:
        """`settings`: of a room of the dialplan; None for three who have been joined."""
        self.number = number
        self.settings = settings
        self.members: list[InConference] = []
        self.expected: set[Call] = set()
        """Calls whose parties are at the door: the room is there for them too."""
        self.locked = False
        self.started_at = exchange.clock()
        self.recorder: Recorder | None = None
        self._exchange = exchange
        self._hearing = Hearing()
        self._voice = RoomVoice(self.connect)
        self._names: dict[InConference, Path] = {}
        """What those who are here have said their names to be."""
        self._came = 0
        self._recordings = 0

    @property
    def name(self) -> str:
        """What phones show."""
        return self.settings.name if self.settings is not None else "Conference"

    @property
    def is_full(self) -> bool:
        """Whether nobody else has a place."""
        return self.settings is not None and len(self.members) >= self.settings.max_members

    @property
    def waits(self) -> bool:
        """Whether everybody waits for a moderator."""
        wants = self.settings is not None and self.settings.wait_for_moderator
        return wants and not any(member.is_moderator for member in self.members)

    def enter(self, member: "InConference", name: Path | None = None) -> None:
        """One more. `name`: a file in which he says it; it is the room's from now on."""
        self.expected.discard(member.call)
        self.members.append(member)
        self._came += 1
        member.place = self._came
        if name is not None:
            self._names[member] = name
        self._announce(member, "enter")
        self.connect()

    def leave(self, member: "InConference") -> None:
        """One less; the room closes behind the last one."""
        if member in self.members:
            self.members.remove(member)
            self._announce(member, "leave")
            self.connect()
            if member.is_moderator and self._ends_with_moderator:
                for one in tuple(self.members):
                    one.let_go("conference-ended", Outcome.COMPLETED)
        self._close_if_empty()

    def not_coming(self, call: "Call") -> None:
        """Who was at the door has gone. Harmless for everybody else."""
        self.expected.discard(call)
        self._close_if_empty()

    def _close_if_empty(self) -> None:
        rooms = self._exchange.rooms
        if not self.members and not self.expected:
            self.close()
            if rooms.get(self.number) is self:
                del rooms[self.number]

    def lock(self, locked: bool) -> None:
        """Whether only moderators come in from now on."""
        self.locked = locked

    def end(self) -> None:
        """Everybody is told, and leaves."""
        for member in tuple(self.members):
            member.kick()

    def close(self) -> None:
        """Nobody is in it."""
        self._hearing.close()
        self._voice.close()
        self._end_recording()

    @property
    def _ends_with_moderator(self) -> bool:
        wants = self.settings is not None and self.settings.end_with_moderator
        return wants and not any(member.is_moderator for member in self.members)

    # ---- recording ----

    def record(self, call: str) -> None:
        """Record it, for the call of that id; everybody is told so."""
        folder: Path | None = self._exchange.recordings
        if folder is None:
            return
        stamp = re.sub(r"[^0-9a-z-]", "", call)
        self._recordings += 1
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.recorder = Recorder(folder / f"conference-{self.number}-{stamp}-{self._recordings}.wav")
        except (SipError, OSError) as error:
            log.error("conference not recorded", room=self.number, error=str(error))
            return
        self.say("recording-started")
        self.connect()

    def stop_recording(self) -> None:
        """Everybody is told."""
        self._end_recording()
        self.say("recording-stopped")
        self.connect()

    def _end_recording(self) -> None:
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None

    # ---- who hears whom ----

    def connect(self, anew: Leg | None = None) -> None:
        """Bring who hears whom in line with who is here, held and muted."""
        self._hearing.let(self._pairs(), anew)

    def _pairs(self) -> list[Pair]:
        here = [member for member in self.members if not member.leg.held]
        waits = self.waits
        speaks = [member for member in here if not member.muted and not waits]
        pairs: list[Pair] = []
        wanted = self.settings.music if self.settings is not None else None
        music = self._exchange.classes.get(wanted or "") or self._exchange.music
        for member in here:
            others = [other for other in speaks if other is not member]
            pairs += [(other.leg, member.leg) for other in others]
            if music is not None and (waits or len(here) == 1) and not member.is_spoken_to:
                pairs.append((music, member.leg))
            if member not in speaks or len(here) == 1:
                pairs.append((member.leg, NOWHERE))  # its sound is read all the same
        said = self._voice.player
        if said is not None:
            pairs += [(said, member.leg) for member in here]
        if self.recorder is not None:
            pairs += [(said, self.recorder)] if said is not None else []
            pairs += [(member.leg, self.recorder) for member in speaks]
        return pairs

    # ---- what all hear ----

    def say(self, prompt: str) -> None:
        """To all, in the house's language."""
        self._voice.say(self._prompt(prompt))

    def _announce(self, member: "InConference", kind: Tone) -> None:
        """Who comes or goes, by a tone or by his name."""
        how = self.settings.announce if self.settings is not None else "off"
        name = self._names.get(member) if kind == "enter" else self._names.pop(member, None)
        said: list[Path] = []
        if how == "names" and name is not None:
            words = self._prompt("has-joined" if kind == "enter" else "has-left")
            said = [name, *words] if words else []
        elif how == "names":
            # Brought in by somebody else, he was not asked: his name is spoken for him.
            prompt = "name-joined" if kind == "enter" else "name-left"
            said = self._prompt(prompt, name=member.leg.name)
        gone = name if kind == "leave" else None
        if how == "off" or not self.members or (kind == "enter" and len(self.members) == 1):
            said = []
        elif not said and (tone := self._exchange.tones.get(kind)) is not None:
            self._voice.sound(tone)
        if said or gone is not None:
            self._voice.say(said, gone)

    def _prompt(self, prompt: str, **slots: str) -> list[Path]:
        return list(self._exchange.prompts.files(self._exchange.router.language_of(""), prompt, **slots))
