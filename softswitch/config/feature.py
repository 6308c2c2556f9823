"""The features that people use by a code: each one's code, where it is dialled, what follows it, in words.

The codes are those that users of Asterisk and FreePBX, and of American telephones, have in their fingers.
"""

import enum
from dataclasses import dataclass
from typing import Final


class Where(enum.Enum):
    """When a code is taken."""

    DIALLED = "dialled"
    """Dialled like a number, from rest."""
    IN_CALL = "in-call"
    """Pressed during a call."""
    NUMBER = "number"
    """No code: it has numbers of its own elsewhere in the dialplan."""


class Argument(enum.Enum):
    """Whether a number follows the code."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class _Row:
    where: Where
    code: str
    argument: Argument
    words: str
    follows: str = ""


class Feature(enum.Enum):
    """What a person can do by a code or number. The value is its key in the dialplan's `features`."""

    PICKUP_GROUP = "pickup_group"
    PICKUP = "pickup"
    FORWARD_ALWAYS = "forward_always"
    CANCEL_FORWARD_ALWAYS = "cancel_forward_always"
    FORWARD_BUSY = "forward_busy"
    CANCEL_FORWARD_BUSY = "cancel_forward_busy"
    FORWARD_NO_ANSWER = "forward_no_answer"
    CANCEL_FORWARD_NO_ANSWER = "cancel_forward_no_answer"
    DO_NOT_DISTURB = "do_not_disturb"
    CANCEL_DO_NOT_DISTURB = "cancel_do_not_disturb"
    CALL_BACK = "call_back"
    REDIAL = "redial"
    CAMP_ON = "camp_on"
    CANCEL_CAMP_ON = "cancel_camp_on"
    BLOCK_LAST_CALLER = "block_last_caller"
    UNBLOCK = "unblock"
    REJECT_ANONYMOUS = "reject_anonymous"
    CANCEL_REJECT_ANONYMOUS = "cancel_reject_anonymous"
    VOICEMAIL = "voicemail"
    VOICEMAIL_ANY = "voicemail_any"
    VOICEMAIL_TO = "voicemail_to"
    MODE = "mode"
    QUEUE_LOGIN = "queue_login"
    QUEUE_PAUSE = "queue_pause"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    INTERCOM = "intercom"
    BLIND_TRANSFER = "blind_transfer"
    ATTENDED_TRANSFER = "attended_transfer"
    THREE_WAY = "three_way"
    RECORD = "record"
    PAUSE_RECORDING = "pause_recording"
    RUN_SCENARIO = "run_scenario"
    PARK = "park"
    RETRIEVE = "retrieve"
    CONFERENCE = "conference"

    @property
    def where(self) -> Where:
        """When its code is taken."""
        return _TABLE[self].where

    @property
    def code(self) -> str:
        """The code that it has where the dialplan says nothing; empty for one that has numbers instead."""
        return _TABLE[self].code

    @property
    def argument(self) -> Argument:
        """Whether a number follows."""
        return _TABLE[self].argument

    @property
    def follows(self) -> str:
        """What follows the code, in words; empty if nothing does."""
        return _TABLE[self].follows

    @property
    def words(self) -> str:
        """What it does, as a sentence without its full stop."""
        return _TABLE[self].words

    @property
    def takes_forwarded(self) -> bool:
        """Whether calls can be forwarded to it: not to what somebody does with his own hands."""
        return self.where is Where.NUMBER and self not in (Feature.PARK, Feature.RETRIEVE)

    @property
    def takes_argument(self) -> bool:
        """Whether a number may follow."""
        return self.argument is not Argument.NONE


def _dialled(code: str, words: str, argument: Argument = Argument.NONE, follows: str = "") -> _Row:
    return _Row(Where.DIALLED, code, argument, words, follows)


def _pressed(code: str, words: str, argument: Argument = Argument.NONE, follows: str = "") -> _Row:
    return _Row(Where.IN_CALL, code, argument, words, follows)


def _number(words: str, argument: Argument = Argument.REQUIRED) -> _Row:
    return _Row(Where.NUMBER, "", argument, words)


_PLACE: Final = "an extension, a department or an outside number"

_TABLE: Final = {
    Feature.PICKUP_GROUP: _dialled("*8", "Answers what rings in one's own departments"),
    Feature.PICKUP: _dialled(
        "*8",
        "Answers what rings there",
        Argument.REQUIRED,
        "an extension, a department's number or one of the house's outside numbers",
    ),
    Feature.FORWARD_ALWAYS: _dialled("*72", "Forwards every call", Argument.REQUIRED, _PLACE),
    Feature.CANCEL_FORWARD_ALWAYS: _dialled("*73", "Forwards no longer every call"),
    Feature.FORWARD_BUSY: _dialled("*90", "Forwards calls while one is busy", Argument.REQUIRED, _PLACE),
    Feature.CANCEL_FORWARD_BUSY: _dialled("*91", "Forwards no longer while one is busy"),
    Feature.FORWARD_NO_ANSWER: _dialled(
        "*52", "Forwards calls that nobody answers", Argument.REQUIRED, _PLACE
    ),
    Feature.CANCEL_FORWARD_NO_ANSWER: _dialled("*53", "Forwards no longer what nobody answers"),
    Feature.DO_NOT_DISTURB: _dialled("*78", "Lets nothing ring"),
    Feature.CANCEL_DO_NOT_DISTURB: _dialled("*79", "Lets calls ring again"),
    Feature.CALL_BACK: _dialled("*69", "Calls the last caller back"),
    Feature.REDIAL: _dialled("*68", "Dials the number dialled last once more"),
    Feature.CAMP_ON: _dialled(
        "*66",
        "Waits for somebody busy: rings when both are free",
        Argument.OPTIONAL,
        "an extension; none means the one dialled last",
    ),
    Feature.CANCEL_CAMP_ON: _dialled("*86", "Waits no longer for anybody"),
    Feature.BLOCK_LAST_CALLER: _dialled("*60", "Takes no more calls from the last caller"),
    Feature.UNBLOCK: _dialled(
        "*61",
        "Takes calls again that were blocked",
        Argument.OPTIONAL,
        "the blocked number; none means all of them",
    ),
    Feature.REJECT_ANONYMOUS: _dialled("*77", "Takes no calls of those who hide their number"),
    Feature.CANCEL_REJECT_ANONYMOUS: _dialled("*87", "Takes anonymous calls again"),
    Feature.VOICEMAIL: _dialled("*97", "Opens one's own voicemail box"),
    Feature.VOICEMAIL_ANY: _dialled(
        "*98",
        "Opens a voicemail box by its pin",
        Argument.OPTIONAL,
        "an extension or a department's number; none means that it is asked",
    ),
    Feature.VOICEMAIL_TO: _dialled(
        "*",
        "Leaves somebody a message, and does not ring him",
        Argument.REQUIRED,
        "an extension or a department's number",
    ),
    Feature.MODE: _dialled(
        "*28",
        "Sets the mode of the company, day or night say",
        Argument.OPTIONAL,
        "the mode's place in the file, 1 for the first; none lets the clock decide again",
    ),
    Feature.QUEUE_LOGIN: _dialled(
        "*45",
        "Logs an agent into his queues, or out again",
        Argument.OPTIONAL,
        "a queue's number; none means all of his",
    ),
    Feature.QUEUE_PAUSE: _dialled(
        "*46",
        "Pauses an agent, who is not rung by queues meanwhile, or ends his pause",
        Argument.OPTIONAL,
        "a digit for the reason",
    ),
    # The last digit is the key that Asterisk's ChanSpy has for the same.
    Feature.LISTEN: _dialled("*554", "Listens to somebody's call", Argument.REQUIRED, "an extension"),
    Feature.WHISPER: _dialled(
        "*555", "Speaks to somebody in a call, unheard by the other side", Argument.REQUIRED, "an extension"
    ),
    Feature.BARGE: _dialled("*556", "Joins somebody's call", Argument.REQUIRED, "an extension"),
    Feature.INTERCOM: _dialled(
        "*80", "Speaks with somebody through his phone's speaker", Argument.REQUIRED, "an extension"
    ),
    Feature.BLIND_TRANSFER: _pressed(
        "##", "Hands the call on without a word", Argument.REQUIRED, f"{_PLACE}, or the number for parking"
    ),
    Feature.ATTENDED_TRANSFER: _pressed(
        "*2", "Asks somebody first, then hands the call on by hanging up", Argument.REQUIRED, _PLACE
    ),
    Feature.THREE_WAY: _pressed("*3", "Joins all three, while one asks somebody"),
    Feature.RECORD: _pressed("*1", "Records the call where that is on demand, and stops"),
    Feature.PAUSE_RECORDING: _pressed("*4", "Pauses the recording, and goes on with it"),
    Feature.RUN_SCENARIO: _pressed(
        "*5", "Sends the other side into a scenario", Argument.REQUIRED, "the scenario's code"
    ),
    Feature.PARK: _number("Parks the call", Argument.NONE),
    Feature.RETRIEVE: _number("Takes the call from its orbit"),
    Feature.CONFERENCE: _number("Joins the conference"),
}

DIALLED: Final = tuple(one for one in Feature if one.where is Where.DIALLED)
"""Those with a code that is dialled."""
IN_CALL: Final = tuple(one for one in Feature if one.where is Where.IN_CALL)
"""Those with a code that is pressed during a call."""
