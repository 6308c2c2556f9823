"""Every way a call can end, once: what the caller's phone is told, whose side it was, in words."""

import enum
from dataclasses import dataclass
from typing import Final


class Blame(enum.Enum):
    """Whose side it was."""

    NOBODY = "nobody"
    CALLER = "caller"
    CALLEE = "callee"
    TRUNK = "trunk"
    US = "us"


@dataclass(frozen=True, slots=True)
class _Row:
    status: int
    reason: str
    blame: Blame
    words: str


class Outcome(enum.Enum):
    """How a call ended. The value is the slug that records and reports use."""

    COMPLETED = "completed"
    HANDED_ON = "handed-on"
    CANCELLED = "cancelled"
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    DO_NOT_DISTURB = "do-not-disturb"
    UNREGISTERED = "unregistered"
    UNREACHABLE = "unreachable"
    UNKNOWN_NUMBER = "unknown-number"
    NOTHING_TO_PICK_UP = "nothing-to-pick-up"
    NOBODY_TALKS = "nobody-talks"
    ANSWERED_MEANWHILE = "answered-meanwhile"
    NOBODY_PARKED = "nobody-parked"
    NO_FREE_ORBIT = "no-free-orbit"
    WRONG_PIN = "wrong-pin"
    ROOM_FULL = "room-full"
    ROOM_LOCKED = "room-locked"
    REMOVED = "removed"
    MAILBOX_FULL = "mailbox-full"
    FAX_FULL = "fax-full"
    FAX_FAILED = "fax-failed"
    NO_SUCH_CALL = "no-such-call"
    BLOCKED = "blocked"
    ANONYMOUS_REFUSED = "anonymous-refused"
    FORWARD_LOOP = "forward-loop"
    ONESELF = "oneself"
    NO_LAST_CALLER = "no-last-caller"
    NOTHING_DIALLED = "nothing-dialled"
    NO_SUCH_NUMBER = "no-such-number"
    NO_FREE_LINE = "no-free-line"
    LINE_TAKEN = "line-taken"
    TRUNK_REFUSED = "trunk-refused"
    TRUNK_FAILED = "trunk-failed"
    TRUNK_UNREACHABLE = "trunk-unreachable"
    NOT_ALLOWED = "not-allowed"
    LIMIT_REACHED = "limit-reached"
    TOO_MANY_HOPS = "too-many-hops"
    TOO_LONG = "too-long"
    NO_COMMON_CODEC = "no-common-codec"
    NO_SOUND = "no-sound"
    DEVICE_REFUSED = "device-refused"
    CALLER_VANISHED = "caller-vanished"
    CALLEE_VANISHED = "callee-vanished"
    ENDED_BY_OPERATOR = "ended-by-operator"
    SHUT_DOWN = "shut-down"
    OVERLOADED = "overloaded"
    SWITCH_DIED = "switch-died"
    FAILED = "failed"

    @property
    def status(self) -> int:
        """The SIP status for a caller who is not yet answered."""
        return _TABLE[self].status

    @property
    def reason(self) -> str:
        """The reason phrase that goes with it."""
        return _TABLE[self].reason

    @property
    def blame(self) -> Blame:
        """Whose side it was."""
        return _TABLE[self].blame

    @property
    def words(self) -> str:
        """One sentence for the operator."""
        return _TABLE[self].words


_TABLE: Final = {
    Outcome.COMPLETED: _Row(200, "OK", Blame.NOBODY, "They talked, and one of them hung up."),
    Outcome.HANDED_ON: _Row(
        200, "OK", Blame.NOBODY, "Its party went on in another call: a transfer, a pickup or a retrieval."
    ),
    Outcome.CANCELLED: _Row(
        487, "Request Terminated", Blame.CALLER, "The caller gave up before anybody answered."
    ),
    Outcome.BUSY: _Row(486, "Busy Here", Blame.CALLEE, "The called person was busy."),
    Outcome.DECLINED: _Row(603, "Decline", Blame.CALLEE, "The called person declined the call."),
    Outcome.NO_ANSWER: _Row(480, "No Answer", Blame.CALLEE, "The phones rang and nobody answered in time."),
    Outcome.DO_NOT_DISTURB: _Row(
        480, "Do Not Disturb", Blame.CALLEE, "The called person is not to be disturbed."
    ),
    Outcome.UNREGISTERED: _Row(
        480, "Not Registered", Blame.CALLEE, "The called extension has no phone registered."
    ),
    Outcome.UNREACHABLE: _Row(
        480, "Not Reachable", Blame.CALLEE, "The called phone is registered but did not respond."
    ),
    Outcome.UNKNOWN_NUMBER: _Row(404, "Not Found", Blame.CALLER, "The dialled number does not exist here."),
    Outcome.NOTHING_TO_PICK_UP: _Row(
        480, "Nothing To Pick Up", Blame.CALLER, "Nothing rang there, or a colleague was quicker."
    ),
    Outcome.ANSWERED_MEANWHILE: _Row(
        486, "Answered Meanwhile", Blame.CALLER, "The call to be picked up had been answered already."
    ),
    Outcome.NOBODY_TALKS: _Row(480, "Nobody Talks", Blame.CALLER, "That extension was in no conversation."),
    Outcome.NOBODY_PARKED: _Row(480, "Nobody Parked", Blame.CALLER, "Nobody was parked on that line."),
    Outcome.NO_FREE_ORBIT: _Row(480, "No Free Orbit", Blame.US, "All lines for parking were taken."),
    Outcome.WRONG_PIN: _Row(403, "Wrong Pin", Blame.CALLER, "The pin was wrong three times."),
    Outcome.ROOM_FULL: _Row(486, "Room Full", Blame.CALLEE, "The conference room was full."),
    Outcome.ROOM_LOCKED: _Row(486, "Room Locked", Blame.CALLEE, "The conference room was locked."),
    Outcome.REMOVED: _Row(603, "Removed", Blame.CALLEE, "A moderator removed him from the conference."),
    Outcome.MAILBOX_FULL: _Row(
        486, "Mailbox Full", Blame.CALLEE, "The voicemail box was full: no message was taken."
    ),
    Outcome.FAX_FULL: _Row(486, "Fax Full", Blame.CALLEE, "The fax machine keeps as many faxes as it may."),
    Outcome.FAX_FAILED: _Row(200, "OK", Blame.NOBODY, "A fax was not transferred, or not all of it."),
    Outcome.NO_SUCH_CALL: _Row(
        481, "Call Does Not Exist", Blame.CALLER, "The call to be taken over was over already."
    ),
    Outcome.BLOCKED: _Row(603, "Decline", Blame.CALLER, "The called person takes no calls from this caller."),
    Outcome.ANONYMOUS_REFUSED: _Row(
        433,  # RFC 5079
        "Anonymity Disallowed",
        Blame.CALLER,
        "The called person takes no calls of those who hide their number.",
    ),
    Outcome.FORWARD_LOOP: _Row(
        482, "Loop Detected", Blame.CALLEE, "The call was forwarded in a circle, or too often."
    ),
    Outcome.ONESELF: _Row(403, "That Is Yourself", Blame.CALLER, "The caller named his own number."),
    Outcome.NO_LAST_CALLER: _Row(
        480, "No Last Caller", Blame.CALLER, "Nobody has called, or only somebody who hid the number."
    ),
    Outcome.NOTHING_DIALLED: _Row(
        480, "Nothing Dialled", Blame.CALLER, "There was no number to dial once more."
    ),
    Outcome.NO_SUCH_NUMBER: _Row(
        404, "Not Found", Blame.CALLER, "The carrier knows no such number, or it is incomplete."
    ),
    Outcome.NO_FREE_LINE: _Row(503, "No Free Line", Blame.US, "All lines of the trunk were taken."),
    Outcome.LINE_TAKEN: _Row(
        503, "Line Needed For An Emergency", Blame.US, "An emergency call took its line, or its place."
    ),
    Outcome.TRUNK_REFUSED: _Row(
        503, "Refused By Carrier", Blame.TRUNK, "The carrier refused the call, or our name and password."
    ),
    Outcome.TRUNK_FAILED: _Row(
        503, "Carrier Failed", Blame.TRUNK, "The carrier could not put the call through."
    ),
    Outcome.TRUNK_UNREACHABLE: _Row(
        503, "Carrier Not Reachable", Blame.TRUNK, "The carrier's server did not respond."
    ),
    Outcome.LIMIT_REACHED: _Row(
        403, "Limit Reached", Blame.CALLER, "The caller, or his department, has spent what calls may cost."
    ),
    Outcome.NOT_ALLOWED: _Row(403, "Forbidden", Blame.CALLER, "The caller has no right to do that."),
    Outcome.TOO_MANY_HOPS: _Row(
        483, "Too Many Hops", Blame.CALLER, "The call came through too many servers: likely a loop."
    ),
    Outcome.TOO_LONG: _Row(
        480, "Longest Time Reached", Blame.NOBODY, "The call had lasted as long as the dialplan allows."
    ),
    Outcome.NO_COMMON_CODEC: _Row(
        488,
        "Not Acceptable Here",
        Blame.CALLEE,
        "The called phone takes none of our codecs, or only encrypted sound.",
    ),
    Outcome.NO_SOUND: _Row(
        488, "Not Acceptable Here", Blame.CALLER, "The caller's phone did not say where it wants to hear."
    ),
    Outcome.DEVICE_REFUSED: _Row(
        480, "Temporarily Unavailable", Blame.CALLEE, "The called phone refused the call."
    ),
    Outcome.CALLER_VANISHED: _Row(
        408, "Request Timeout", Blame.CALLER, "The caller's phone fell silent and was given up."
    ),
    Outcome.CALLEE_VANISHED: _Row(
        408, "Request Timeout", Blame.CALLEE, "The called phone fell silent and was given up."
    ),
    Outcome.ENDED_BY_OPERATOR: _Row(480, "Ended By Operator", Blame.US, "An operator ended the call."),
    Outcome.SHUT_DOWN: _Row(503, "Shutting Down", Blame.US, "The switch was stopped."),
    Outcome.OVERLOADED: _Row(
        503, "Exchange Full", Blame.US, "The switch had no line, port or memory left for the call."
    ),
    Outcome.SWITCH_DIED: _Row(
        500,
        "Server Internal Error",
        Blame.US,
        "The switch died during the call.",  # told to the records only
    ),
    Outcome.FAILED: _Row(
        500,
        "Server Internal Error",
        Blame.US,
        "A fault of the switch ended the call; its log has the details.",
    ),
}

_BY_STATUS: Final = {
    403: Outcome.DEVICE_REFUSED,
    408: Outcome.UNREACHABLE,
    480: Outcome.DEVICE_REFUSED,
    486: Outcome.BUSY,
    487: Outcome.NO_ANSWER,
    488: Outcome.NO_COMMON_CODEC,
    503: Outcome.UNREACHABLE,
    600: Outcome.BUSY,
    603: Outcome.DECLINED,
    606: Outcome.NO_COMMON_CODEC,
}
# What a carrier's final response means. 480 and 487 as in RFC 3398 §8.2.6: the number rang in vain.
_BY_TRUNK_STATUS: Final = {
    401: Outcome.TRUNK_REFUSED,
    402: Outcome.TRUNK_REFUSED,
    403: Outcome.TRUNK_REFUSED,
    404: Outcome.NO_SUCH_NUMBER,
    407: Outcome.TRUNK_REFUSED,
    408: Outcome.TRUNK_UNREACHABLE,
    410: Outcome.NO_SUCH_NUMBER,
    480: Outcome.NO_ANSWER,
    484: Outcome.NO_SUCH_NUMBER,
    486: Outcome.BUSY,
    487: Outcome.NO_ANSWER,
    488: Outcome.NO_COMMON_CODEC,
    600: Outcome.BUSY,
    603: Outcome.DECLINED,
    604: Outcome.NO_SUCH_NUMBER,
    606: Outcome.NO_COMMON_CODEC,
}
# What tells the caller most, first (in the spirit of RFC 3261 §16.7 step 6).
_TELLING: Final = (
    Outcome.DECLINED,
    Outcome.BUSY,
    Outcome.NO_ANSWER,
    Outcome.NO_SUCH_NUMBER,
    Outcome.DEVICE_REFUSED,
    Outcome.NO_COMMON_CODEC,
    Outcome.TRUNK_REFUSED,
    Outcome.TRUNK_FAILED,
    Outcome.TRUNK_UNREACHABLE,
    Outcome.UNREACHABLE,
)


def outcome_of_status(status: int, *, from_trunk: bool = False) -> Outcome:
    """What a final response of 300 or more means for the call: a device's, or a carrier's."""
    if from_trunk:
        return _BY_TRUNK_STATUS.get(status, Outcome.TRUNK_FAILED)
    return _BY_STATUS.get(status, Outcome.DEVICE_REFUSED)


def most_telling(outcomes: list[Outcome]) -> Outcome:
    """What to tell a caller none of whose callee's devices took the call. An empty list: unreachable."""
    return next((outcome for outcome in _TELLING if outcome in outcomes), Outcome.UNREACHABLE)
