"""A conference room: every party hears all the others and never himself."""

from typing import TYPE_CHECKING

import structlog

from media.tones import Tone
from softswitch.config.conference import Conference
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Hearing, Pair, Voice
from softswitch.sip.leg import Leg
from softswitch.sip.player import Player
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
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
        self.locked = False
        self.started_at = exchange.clock()
        self.recorder: Recorder | None = None
        self._exchange = exchange
        self._hearing = Hearing()
        self._tone: Player | None = None

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

    def enter(self, member: "InConference") -> None:
        """One more."""
        self.members.append(member)
        self._announce("enter")
        self.connect()

    def leave(self, member: "InConference") -> None:
        """One less; the room closes behind the last one."""
        if member in self.members:
            self.members.remove(member)
            self._announce("leave")
            self.connect()
        if not self.members:
            self.close()
            self._exchange.rooms.pop(self.number, None)

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
        self._hush()
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None

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
        extra: list[Voice] = [self._tone] if self._tone is not None and not waits else []
        pairs += [(tone, member.leg) for tone in extra for member in here]
        if self.recorder is not None:
            pairs += [(member.leg, self.recorder) for member in speaks]
        return pairs

    def _announce(self, kind: Tone) -> None:
        """A short tone to all, when somebody comes or goes."""
        self._hush()
        wanted = self.settings is not None and self.settings.announce == "tones" and len(self.members) > 1
        file = self._exchange.tones.get(kind) if wanted else None
        if file is not None:
            try:
                self._tone = Player(file, self._hush)
            except SipError as error:
                log.warning("tone not played", room=self.number, error=str(error))

    def _hush(self) -> None:
        if self._tone is not None:
            self._tone.close()
            self._tone = None
