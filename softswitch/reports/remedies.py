"""What an operator does about a call that went wrong: by its outcome, one line each."""

from typing import Final

from softswitch.routing.outcome import Outcome

_GONE: Final = "that phone lost its network or power, or a NAT forgot it: let it register more often"
REMEDIES: Final = {
    Outcome.DO_NOT_DISTURB: "if it was forgotten: *79 from that phone, or do_not_disturb in the dialplan",
    Outcome.UNREGISTERED: "`softswitch registrations`: which phones are there, which were turned away",
    Outcome.UNREACHABLE: "is that phone on, and in the network? registration.qualify asks phones regularly",
    Outcome.UNKNOWN_NUMBER: "`softswitch route` says what becomes of a number; trunks need a `prefix`, or +",
    Outcome.NO_FREE_ORBIT: "more lines to park on: `parking`",
    Outcome.MAILBOX_FULL: "let its owner delete messages, or raise voicemail.max_messages",
    Outcome.FAX_FULL: "raise `max_faxes` of the fax machine, or lower its `keep`",
    Outcome.FORWARD_LOOP: "see who forwards to whom, below; `softswitch route` shows it for any call",
    Outcome.NO_FREE_LINE: "max_calls of the trunk; `softswitch report lines` says how many lines are enough",
    Outcome.TRUNK_REFUSED: "the trunk's `user` and `password`; the caller ID that the carrier allows",
    Outcome.TRUNK_FAILED: "if it goes on, show the carrier `softswitch trace` of this call",
    Outcome.TRUNK_UNREACHABLE: "`softswitch trunks`; the trunk's `server`, and the firewall",
    Outcome.LIMIT_REACHED: "`limit` of the extension or its department; `softswitch report costs`",
    Outcome.NOT_ALLOWED: "what it lacks stands below; `rights` and `classes_of_service` give it",
    Outcome.NO_COMMON_CODEC: "allow one codec more in the phone, or in `codecs`",
    Outcome.CALLER_VANISHED: _GONE,
    Outcome.CALLEE_VANISHED: _GONE,
    Outcome.OVERLOADED: "`softswitch status` and `softswitch doctor`: max_calls, sound ports, open files",
    Outcome.SWITCH_DIED: "the log of that moment, and the machine's: power, memory",
    Outcome.FAILED: "the log has an error with this call's id: please report it",
}
"""Where there is something to be done. That somebody was busy needs no remedy."""
ONE_SIDE_SILENT: Final = (
    "does UDP from there reach the switch's `rtp.ports`? Through NAT: external_address and local_networks"
)
BOTH_SIDES_SILENT: Final = (
    "let UDP to `rtp.ports` through the firewall; if the switch is behind NAT: external_address"
)
BADLY_HEARD: Final = "packets get lost on the way from there: Wi-Fi, a full line, a busy router"
