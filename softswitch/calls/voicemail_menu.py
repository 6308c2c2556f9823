"""What an opened voicemail box says and which keys it takes: pure, told what happens, says what to do.

The keys are those of Asterisk's and FreePBX's voicemail as far as there is one for it.
"""

import enum
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from softswitch.calls.envelope import envelope
from softswitch.calls.saying import Said, say
from softswitch.voicemail.message import Message

SILENCES: Final = 2
"""Times that he may be asked in vain before it ends."""


class Doings(Protocol):
    """What the menu has done. The step does it."""

    def say(self, *items: Said) -> None:
        """Say this from now on; tell `said` at its end."""

    def sound(self, message: Message) -> Said:
        """What a message sounds like."""

    def heard(self, message: Message) -> None:
        """It is not new any more."""

    def delete(self, message: Message) -> None:
        """It goes."""

    def forward(self, message: Message, number: str) -> bool:
        """A copy goes into another box; False when there is none."""

    def call_back(self, message: Message) -> bool:
        """Its caller is called; False when that cannot be."""

    def greeting(self, mode: str) -> Said | None:
        """The own greeting in that mode; that for all by ""."""

    def forget_greeting(self, mode: str) -> None:
        """That for all holds again, or the house's."""

    def record_greeting(self, mode: str) -> None:
        """Record until `stop_greeting`."""

    def stop_greeting(self) -> None:
        """Tell `greeting_kept` when it is done."""

    def end(self) -> None:
        """It is over."""


class _At(enum.Enum):
    MAIN = enum.auto()
    MESSAGE = enum.auto()
    FORWARD = enum.auto()
    GREETING = enum.auto()
    READY = enum.auto()
    RECORDING = enum.auto()
    BYE = enum.auto()


class Menu:
    """One session."""

    def __init__(
        self,
        do: Doings,
        messages: Sequence[Message],
        now: datetime,
        modes: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`messages`: new and heard ones; `now` is the time where the owner is; `modes` by key and name."""
        self._do = do
        self._messages = [
            *(one for one in messages if not one.heard),
            *(one for one in messages if one.heard),
        ]
        self._now = now
        self._modes = (("", ""), *modes)
        self._nth_mode = 0
        """Whose greeting is recorded, heard, deleted."""
        self._at = _At.MAIN
        self._nth = -1
        self._deleted: set[str] = set()
        self._typed = ""
        self._silences = 0

    # ---- what happens ----

    def begin(self) -> None:
        """The pin was right, or none was asked."""
        new = sum(not one.heard for one in self._messages)
        old = len(self._messages) - new
        words = [say("new-messages", count=new) if new else say("no-new-messages")]
        if old:
            words.append(say("old-messages", count=old))
        self._main(*words)

    def press(self, key: str) -> None:
        """A key."""
        self._silences = 0
        match self._at:
            case _At.MAIN:
                self._press_main(key)
            case _At.MESSAGE:
                self._press_message(key)
            case _At.FORWARD:
                self._press_forward(key)
            case _At.GREETING:
                self._press_greeting(key)
            case _At.READY:
                self._greeting()
            case _At.RECORDING:
                self._do.stop_greeting()

    def said(self) -> None:
        """What was to be said has been said."""
        match self._at:
            case _At.MESSAGE:
                self._do.heard(self._message)
            case _At.READY:
                self._at = _At.RECORDING
                self._do.record_greeting(self._mode)
            case _At.BYE:
                self._do.end()

    def silent(self) -> None:
        """He has been asked, and has pressed nothing for a while."""
        self._silences += 1
        if self._at is _At.RECORDING:
            self._do.stop_greeting()
        elif self._silences >= SILENCES:
            self._bye()
        else:
            self._ask_again()

    def greeting_kept(self, kept: bool) -> None:
        """What became of the greeting."""
        self._greeting(say("greeting-saved") if kept else say("too-short"))

    def close(self) -> None:
        """He is gone: what he has deleted goes."""
        for message in self._messages:
            if message.id in self._deleted:
                self._do.delete(message)
        self._deleted.clear()

    # ---- the main menu ----

    def _main(self, *words: Said) -> None:
        self._at = _At.MAIN
        self._do.say(*words, say("voicemail-keys"))

    def _press_main(self, key: str) -> None:
        match key:
            case "1":
                self._go(0 if self._nth < 0 else self._nth)
            case "0":
                self._greeting()
            case "#":
                self._bye()
            case _:
                self._main()

    def _bye(self) -> None:
        self._at = _At.BYE
        self._do.say(say("goodbye"))

    def _ask_again(self) -> None:
        match self._at:
            case _At.MESSAGE:
                self._do.say(say("message-keys"))
            case _At.FORWARD:
                self._ask_forward()
            case _At.GREETING:
                self._greeting()
            case _:
                self._main()

    # ---- a message ----

    @property
    def _message(self) -> Message:
        return self._messages[self._nth]

    def _go(self, nth: int, *words: Said) -> None:
        if not self._messages:
            self._main(*words, say("no-messages"))
        elif not 0 <= nth < len(self._messages):
            self._at = _At.MESSAGE if self._nth >= 0 else _At.MAIN
            self._do.say(*words, say("no-more-messages"), say("message-keys"))
        else:
            self._nth = nth
            self._at = _At.MESSAGE
            gone = [say("message-deleted")] if self._message.id in self._deleted else []
            number = say("message-number", nth=nth + 1)
            self._do.say(
                *words,
                number,
                *envelope(self._message, self._now),
                *gone,
                self._do.sound(self._message),
                say("message-keys"),
            )

    def _press_message(self, key: str) -> None:
        message = self._message
        self._do.heard(message)
        steps = {"4": -1, "5": 0, "6": 1}
        does: dict[str, Callable[[], None]] = {
            "2": lambda: self._call_back(message),
            "3": lambda: self._do.say(*envelope(message, self._now), say("message-keys")),
            "7": lambda: self._delete(message),
            "8": self._ask_forward,
            "9": lambda: self._go(self._nth + 1, say("message-kept")),
            "0": self._greeting,
            "#": self._bye,
        }
        if key in steps:
            self._go(self._nth + steps[key])
        else:
            does.get(key, self._main)()

    def _call_back(self, message: Message) -> None:
        if not message.caller or not self._do.call_back(message):
            self._do.say(say("not-allowed" if message.caller else "from-unknown"), say("message-keys"))

    def _delete(self, message: Message) -> None:
        """Or not, when it is pressed once more."""
        if message.id in self._deleted:
            self._deleted.discard(message.id)
            self._do.say(say("message-kept"), say("message-keys"))
        else:
            self._deleted.add(message.id)
            self._go(self._nth + 1, say("message-deleted"))

    # ---- forwarding ----

    def _ask_forward(self) -> None:
        self._at, self._typed = _At.FORWARD, ""
        self._do.say(say("enter-mailbox"))

    def _press_forward(self, key: str) -> None:
        if key == "*":
            self._at = _At.MESSAGE
            self._do.say(say("message-keys"))
        elif key != "#":
            self._typed += key
        elif self._do.forward(self._message, self._typed):
            self._at = _At.MESSAGE
            self._do.say(say("message-forwarded"), say("message-keys"))
        else:
            self._typed = ""
            self._do.say(say("no-such-mailbox"), say("enter-mailbox"))

    # ---- the greeting ----

    @property
    def _mode(self) -> str:
        return self._modes[self._nth_mode][0]

    def _greeting(self, *words: Said) -> None:
        self._at = _At.GREETING
        more: list[Said] = []
        if len(self._modes) > 1:
            _, name = self._modes[self._nth_mode]
            words = (*words, say("greeting-of-mode", name=name) if name else say("greeting-of-all"))
            more = [say("greeting-modes")]
        self._do.say(*words, *more, say("greeting-keys"))

    def _press_greeting(self, key: str) -> None:
        match key:
            case "1":
                self._at = _At.READY
                self._do.say(say("record-greeting"), say("tone-beep"))
            case "2":
                own = self._do.greeting(self._mode)
                self._greeting(own if own is not None else say("no-greeting"))
            case "3":
                self._do.forget_greeting(self._mode)
                self._greeting(say("greeting-deleted"))
            case "4" if len(self._modes) > 1:
                self._nth_mode = (self._nth_mode + 1) % len(self._modes)
                self._greeting()
            case "#":
                self._bye()
            case "*":
                self._main()
            case _:
                self._greeting()
