"""A caller leaves a message: greeting, tone, what he says until he hangs up, falls silent or presses #."""

import asyncio
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.recording_step import RecordingStep
from softswitch.calls.saying import Said, say
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.calls.voicemail_access import ask_box, open_box
from softswitch.config.voicemail import ACCESS, PREFIX
from softswitch.records.events import VoicemailRecorded
from softswitch.routing import CallFacts, GoTo, Outcome
from softswitch.routing.callers import is_hidden
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.voicemail import sound
from softswitch.voicemail.message import Message
from softswitch.voicemail.store import Draft, MessageStore

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_GLANCE: Final = 1.0
"""Seconds between two looks whether he has fallen silent."""


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: Unanswered | None
) -> Step | Ending:
    """The call comes to voicemail: to leave a message, or where boxes are opened."""
    del unanswered  # a box always answers, and sends nobody on
    if call.exchange.voicemail is None:
        return Ending.by_us(Outcome.FAILED)
    if decision.key == ACCESS:
        return ask_box(call, side)
    box = decision.key.removeprefix(PREFIX)
    mode = call.router.mode_of(facts, call.exchange.state_for(call)).key
    return LeavingMessage(call, call.exchange.voicemail, box, decision.name, side, mode)


class LeavingMessage(RecordingStep):
    """One box, one message."""

    def __init__(
        self,
        call: "Call",
        store: MessageStore,
        box: str,
        name: str,
        side: "Side | None" = None,
        mode: str = "",
    ) -> None:
        """`mode`: whose greeting is heard."""
        super().__init__(call, name, side)
        self._name = name
        self._store = store
        self._box = box
        self._mode = mode
        self._draft: Draft | None = None
        self._began = 0.0
        self._ending: Ending | None = None

    # ---- greeting and tone ----

    def begin(self) -> None:
        self._drop()
        if sum(self._store.counts(self._box)) >= self.call.router.voicemail.max_messages:
            self._end(Ending.by_us(Outcome.MAILBOX_FULL), say("mailbox-full"))
            return
        greeting = self._store.greeting_for_callers(self._box, self._mode)
        words = [greeting] if greeting is not None else [*self._house_greeting()]
        self.say(*words, say("tone-beep"))

    def _house_greeting(self) -> list[Said]:
        extension = self.call.router.extension(self._box)
        if extension is not None and extension.greeting_name is not None:
            return [say("not-available-name", name=extension.greeting_name), say("leave-message")]
        number = self.call.router.number_of_box(self._box)
        not_there = [say("not-available", number=number)] if number.isdigit() else []
        return [*not_there, say("leave-message")]

    def pressed(self, key: str) -> None:
        if self._ending is not None:
            return
        if self.is_recording:
            if key == "#":
                self._has_spoken()
        elif key == "#":
            self.say(say("tone-beep"))
        elif key == "*":
            step = open_box(self.call, self._box, None)
            if isinstance(step, Step):
                self.next = step

    def said(self) -> None:
        if self._ending is not None:
            self.finish(self._ending)
        else:
            self._begin_recording()

    # ---- what he says ----

    def _begin_recording(self) -> None:
        call, caller = self.call, self.leg
        number = "" if is_hidden(caller.number) else caller.number
        at = call.now()
        message = Message(
            f"{int(at * 1000):013d}-{call.id}", self._box, at, number, caller.name, 0.0, call.id
        )
        try:
            self._draft = self._store.begin(message)
            self.record(self._draft.part)
        except (SipError, OSError) as error:
            call.log.error("voicemail message not recorded", box=self._box, error=str(error))
            self._draft = None
            self._end(Ending.by_us(Outcome.FAILED), say("something-wrong"))
            return
        self._began = call.time()
        self.after(call.router.voicemail.max_length, self._has_spoken)
        if call.router.voicemail.silence is not None:
            self.after(call.router.voicemail.silence, self._glance)

    def _glance(self) -> None:
        silence, draft = self.call.router.voicemail.silence, self._draft
        if silence is not None and draft is not None:
            look = asyncio.get_running_loop().run_in_executor(
                None, sound.is_silent_at_the_end, draft.part, silence
            )
            look.add_done_callback(self._glanced)

    def _glanced(self, look: "asyncio.Future[bool]") -> None:
        if self.next is not None or not self.is_recording or look.cancelled():
            return
        if look.exception() is None and look.result():
            self._has_spoken()
        else:
            self.after(_GLANCE, self._glance)
        self.call.inbox.wake()

    def _has_spoken(self) -> None:
        self._keep()
        self._end(Ending.by_us(Outcome.COMPLETED), say("message-saved"), say("goodbye"))

    def _keep(self) -> None:
        """What he has said so far is the message, if it is long enough."""
        draft, complete = self._draft, self.stop_recording()
        self._draft = None
        self.not_after_all(self._has_spoken)
        self.not_after_all(self._glance)
        if draft is None or complete is None:
            return
        call = self.call
        seconds = round(call.time() - self._began, 1)
        call.publish(VoicemailRecorded(call.now(), call.id, self._box, draft.message.id, seconds))
        self._store.finish(draft, complete, call.router.voicemail.min_length)

    def _drop(self) -> None:
        """What has been recorded was not meant as the message."""
        draft, complete = self._draft, self.stop_recording()
        self._draft = None
        if draft is not None and complete is not None:
            self._store.discard(draft, complete)

    def _end(self, ending: Ending, *words: Said) -> None:
        self._ending = ending
        self.say(*words)

    def fax_calls(self) -> None:
        self._drop()

    def leave(self) -> None:
        self._keep()
        super().leave()

    # ---- what other calls ask ----

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer: who is brought leaves the message, from the greeting on."""
        if self.next is not None:
            return None
        self._drop()
        return lambda call, _: LeavingMessage(call, self._store, self._box, self._name, None, self._mode)
