"""Who may not ring an extension: callers that it has blocked, and those that hide their number."""

from typing import Final

from softswitch.config import Dialplan, Extension
from softswitch.routing.decision import CallFacts, Reason
from softswitch.routing.outcome import Outcome
from softswitch.routing.preferences import Preferences

_HIDDEN: Final = frozenset({"", "anonymous", "restricted", "unavailable", "unknown"})
_LEAST: Final = 7
"""Digits of a number that is not only the end of another one (E.164 has no shorter national numbers)."""


def is_hidden(number: str) -> bool:
    """Whether a caller's number is not shown (RFC 3323 §4.1.1.3, RFC 3325 §7)."""
    return number.lower() in _HIDDEN


def same_number(one: str, other: str) -> bool:
    """Whether two spellings mean one number: a + or 00 before it, or none, makes no difference."""
    return _bare(one) == _bare(other)


def _bare(number: str) -> str:
    bare = number.removeprefix("+")
    return bare.removeprefix("00") if len(bare) >= _LEAST else bare


class Callers:
    """One dialplan's block lists."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan

    def blocked(
        self, extension: Extension, facts: CallFacts, own: Preferences
    ) -> tuple[Outcome, Reason] | None:
        """Why the caller may not ring any phone of the extension."""
        if not (extension.blocked or own.blocked):
            return None
        number, caller = extension.number, facts.caller
        for index, one in enumerate(extension.blocked):
            if same_number(one, caller):
                line = self._dialplan.line_of(("extensions", number, "blocked", index))
                return Outcome.BLOCKED, Reason(f"{number} takes no calls from {caller}", line)
        if any(same_number(one, caller) for one in own.blocked):
            return Outcome.BLOCKED, Reason(f"{number} has blocked {caller} by code")
        return None

    def hidden(
        self, extension: Extension, facts: CallFacts, own: Preferences
    ) -> tuple[Outcome, Reason] | None:
        """Why a caller without a number may not. A colleague who hands him on has spoken with him."""
        if not facts.trunk or not is_hidden(facts.caller) or _is_handed_on(facts):
            return None
        number = extension.number
        if own.reject_anonymous:
            return Outcome.ANONYMOUS_REFUSED, Reason(f"{number} takes no anonymous calls, by code")
        if own.reject_anonymous is None and extension.reject_anonymous:
            line = self._dialplan.line_of(("extensions", number, "reject_anonymous"))
            return Outcome.ANONYMOUS_REFUSED, Reason(f"{number} takes no anonymous calls", line)
        return None


def _is_handed_on(facts: CallFacts) -> bool:
    return bool(facts.diverted) and facts.diverted[-1].why == "transfer"
