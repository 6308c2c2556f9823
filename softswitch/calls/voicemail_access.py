"""A voicemail box is opened: which one, its pin, and then its menu (voicemail_menu.py)."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.recording_step import RecordingStep
from softswitch.calls.saying import Said, say
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.calls.voicemail_menu import Menu
from softswitch.records.events import VoicemailOpened, VoicemailRefused
from softswitch.routing import CallFacts, Outcome
from softswitch.sip.errors import SipError
from softswitch.voicemail.guard import TRIES
from softswitch.voicemail.message import Message
from softswitch.voicemail.store import MessageStore

if TYPE_CHECKING:
    import asyncio

    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

BETWEEN_KEYS: Final = 5.0
"""Seconds after which what was typed counts as complete."""
PATIENCE: Final = 8.0
"""Seconds of silence after which he is asked once more."""
_LONGEST_GREETING: Final = 60.0
_NOBODY: Final = ""
"""A box that there is not: asked for its pin all the same, so that nobody learns which ones there are."""


def open_own(call: "Call", side: "Side | None") -> Step | Ending:
    """The caller's own box."""
    if side is not None or not call.is_of_the_house(call.caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    return open_box(call, call.caller.number, side)


def open_any(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """A box by its number, which is asked if it was not dialled."""
    if side is not None:
        return Ending.by_us(Outcome.NOT_ALLOWED)
    if not number:
        return ask_box(call, side)
    box = call.router.box_of(number)
    return open_box(call, box, side) if box is not None else Ending.by_us(Outcome.UNKNOWN_NUMBER)


def open_box(call: "Call", box: str, side: "Side | None") -> Step | Ending:
    """That box. What has no pin is opened by its own phones only."""
    store, mailbox = call.exchange.voicemail, call.router.mailbox(box)
    if store is None or mailbox is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if mailbox.pin is None and not _is_own(call, box):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    return OpeningBox(call, store, box, side)


def ask_box(call: "Call", side: "Side | None") -> Step | Ending:
    """Which box is asked first: where boxes are opened from outside."""
    store = call.exchange.voicemail
    return OpeningBox(call, store, None, side) if store is not None else Ending.by_us(Outcome.FAILED)


def _is_own(call: "Call", box: str) -> bool:
    return call.is_of_the_house(call.caller) and call.router.owns_box(call.caller.number, box)


class OpeningBox(Speaking):
    """The number, if it is not known, and the pin, if one is needed."""

    state = "voicemail"

    def __init__(self, call: "Call", store: MessageStore, box: str | None, side: "Side | None") -> None:
        super().__init__(call, "Voicemail", side)
        self._store = store
        self._box = box
        self._typed = ""
        self._tries = 0
        self._ending: Ending | None = None

    def begin(self) -> None:
        if self._box is None:
            self._ask(say("enter-mailbox"))
        elif self._needs_pin(self._box):
            self._ask(say("enter-pin"))
        else:
            self._open(self._box)

    def _needs_pin(self, box: str) -> bool:
        """A box without a pin comes here by its own phones only, or is none at all."""
        mailbox = self.call.router.mailbox(box)
        if mailbox is None or not _is_own(self.call, box):
            return True
        return mailbox.pin is not None and self.call.router.pin_at_own_phone(box)

    def _ask(self, *words: Said) -> None:
        self._typed = ""
        self.say(*words)
        self.after(3 * BETWEEN_KEYS, self._complete)

    def pressed(self, key: str) -> None:
        if self._ending is not None:
            return
        self.hush()
        self._connect()
        if key == "#":
            self._complete()
        elif len(self._typed) < 20:
            self._typed += key
            self.after(BETWEEN_KEYS, self._complete)

    def said(self) -> None:
        if self._ending is not None:
            self.finish(self._ending)

    def _complete(self) -> None:
        self.not_after_all(self._complete)
        typed, router = self._typed, self.call.router
        if self._box is None:
            self._box = (router.box_of(typed) or _NOBODY) if typed else _NOBODY
            if self._box != _NOBODY and not self._needs_pin(self._box):
                self._open(self._box)
            else:
                self._ask(say("enter-pin"))
            return
        call, own, guard = self.call, _is_own(self.call, self._box), self.call.exchange.guard
        mailbox = router.mailbox(self._box)
        pin = mailbox.pin.get_secret_value() if mailbox is not None and mailbox.pin is not None else ""
        shut = guard.is_shut(self._box, own, call.time())
        if secrets.compare_digest(typed.encode(), pin.encode()) and pin and not shut:
            guard.right(self._box, own)
            self._open(self._box)
            return
        guard.wrong(self._box, own, call.time())
        call.log.warning("wrong voicemail pin", by=self.leg.number, box=self._box)
        call.publish(VoicemailRefused(call.now(), call.id, self.leg.number, self._box))
        self._tries += 1
        if self._tries >= TRIES:
            self._ending = Ending.by_us(Outcome.WRONG_PIN)
            self.say(say("wrong-pin"), say("goodbye"))
        else:
            self._ask(say("wrong-pin"), say("enter-pin"))

    def _open(self, box: str) -> None:
        self.next = OpenBox(self.call, self._store, box)


class OpenBox(RecordingStep):
    """Its menu's hands."""

    def __init__(self, call: "Call", store: MessageStore, box: str) -> None:
        super().__init__(call, "Voicemail")
        self._store = store
        self._box = box
        zone = call.router.timezone_of(box)
        now = datetime.fromtimestamp(call.now(), zone)
        modes = [(key, mode.name or key) for key, mode in call.router.dialplan.modes.items()]
        self._menu = Menu(self, store.messages(box), now, modes)
        self._greeting_mode = ""
        self._forwarded = 0
        self._part = store.folder(box) / f"greeting-{call.id}.part"

    def begin(self) -> None:
        call = self.call
        call.log.info("voicemail opened", by=self.leg.number, box=self._box)
        call.publish(VoicemailOpened(call.now(), call.id, self.leg.number, self._box))
        self._menu.begin()

    def say(self, *parts: Said) -> None:
        self.not_after_all(self._silent)
        super().say(*parts)

    def pressed(self, key: str) -> None:
        self.not_after_all(self._silent)
        self._menu.press(key)
        if self.next is None and not self.is_recording:
            self.after(PATIENCE + 60.0 if self.speaks else PATIENCE, self._silent)

    def said(self) -> None:
        self._menu.said()
        if self.next is None and not self.is_recording:
            self.after(PATIENCE, self._silent)

    def _silent(self) -> None:
        self._menu.silent()

    def leave(self) -> None:
        """What is to be deleted is."""
        self._menu.close()
        complete = self.stop_recording()
        if complete is not None:  # he has hung up in the middle of his greeting: the old one holds
            self._store.drop(self._part, complete)
        super().leave()

    # ---- voicemail_menu.Doings ----

    def end(self) -> None:
        self.finish(Ending.by_us(Outcome.COMPLETED))

    def sound(self, message: Message) -> Said:
        return self._store.sound(message)

    def heard(self, message: Message) -> None:
        self._store.mark_heard(message)

    def delete(self, message: Message) -> None:
        self._store.delete(message)

    def forward(self, message: Message, number: str) -> bool:
        box = self.call.router.box_of(number)
        if box is None or sum(self._store.counts(box)) >= self.call.router.voicemail.max_messages:
            return False
        self._forwarded += 1
        self._store.forward(message, box, f"{message.id}-{self.call.id}-{self._forwarded}")
        return True

    def call_back(self, message: Message) -> bool:
        """With the rights of who listens: from outside nobody calls out at the house's expense."""
        call = self.call
        step = call.decide(CallFacts(self.leg.number, message.caller, call.hops, self.leg.trunk))
        if isinstance(step, Ending):
            return False
        self.next = step
        return True

    def greeting(self, mode: str) -> Said | None:
        return self._store.greeting(self._box, mode)

    def forget_greeting(self, mode: str) -> None:
        self._store.forget_greeting(self._box, mode)

    def record_greeting(self, mode: str) -> None:
        self._greeting_mode = mode
        folder = self._store.folder(self._box)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.record(self._part)
        except (SipError, OSError) as error:
            self.call.log.error("voicemail greeting not recorded", box=self._box, error=str(error))
            self._menu.greeting_kept(False)
            return
        self.after(_LONGEST_GREETING, self.stop_greeting)

    def stop_greeting(self) -> None:
        self.not_after_all(self.stop_greeting)
        complete = self.stop_recording()
        if complete is not None:
            kept = self._store.use_as_greeting(self._box, self._part, complete, self._greeting_mode)
            kept.add_done_callback(self._kept)

    def _kept(self, kept: "asyncio.Task[bool]") -> None:
        if self.next is None and not kept.cancelled():
            self._menu.greeting_kept(kept.exception() is None and kept.result())
            self.call.inbox.wake()
