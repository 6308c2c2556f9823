"""Prompts to a party of a conference, one after another."""

from typing import TYPE_CHECKING

from softswitch.calls.announcement import Announcement
from softswitch.sip.hearing import NOWHERE, Pair

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Prompter:
    """What the caller of the call is being told."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._says: Announcement | None = None
        self._rest: tuple[str, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether he is being told something."""
        return self._says is not None

    def say(self, *prompts: str, **slots: str) -> None:
        """These, instead of what is being said to him. `slots` are what is said in the first one."""
        self.hush()
        self._rest = prompts[1:]
        self._says = Announcement(self._call, self._call.caller, prompts[0], **slots)

    def goes_on(self) -> bool:
        """One is over: the next one begins. False when that was the last one."""
        rest = self._rest
        self.hush()
        if rest:
            self.say(*rest)
        return bool(rest)

    def hush(self) -> None:
        """He is told nothing any more."""
        self._rest = ()
        if self._says is not None:
            self._says.close()
            self._says = None

    def pairs(self) -> list[Pair]:
        """He hears it; what he says is read all the same."""
        return self._says.pairs() if self._says is not None else [(self._call.caller, NOWHERE)]
