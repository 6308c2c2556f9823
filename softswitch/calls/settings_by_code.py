"""What users set by dialling a code: forwarding, do not disturb, whom they take no calls from.

It holds from the next call on. Who set it hears what he has set.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from softswitch.calls.confirming import Confirming
from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.config import Extension, Feature
from softswitch.records.events import SettingChanged
from softswitch.routing import CallFacts, GoTo, Outcome, Preferences, Ring, UseFeature
from softswitch.routing.callers import is_hidden, same_number
from softswitch.routing.preferences import NOWHERE

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


@dataclass(frozen=True, slots=True)
class _Change:
    """What a code does."""

    preferences: Preferences
    prompt: str
    shown: str
    value: str = ""
    slots: dict[str, str] = field(default_factory=dict)


Apply = Callable[["Call", Extension, Preferences, str], _Change | Outcome]


def change(call: "Call", decision: UseFeature, side: "Side | None") -> Step | Ending:
    """Set it for the caller, and tell him. A wrong number after the code ends the call, and sets nothing."""
    caller = call.caller
    extension = call.router.extension(caller.number)
    if side is not None or extension is None or not call.is_of_the_house(caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)  # nobody sets what concerns another one, by a transfer say
    book = call.exchange.preferences
    changed = SETTINGS[decision.feature](call, extension, book.of(caller.number), decision.argument)
    if isinstance(changed, Outcome):
        return Ending.by_us(changed)
    book.change(caller.number, changed.preferences)
    call.publish(SettingChanged(call.now(), call.id, caller.number, decision.feature.value, changed.value))
    return Confirming(call, changed.prompt, changed.shown, **changed.slots)


def _set(key: str, value: str | bool | None) -> dict[str, Any]:
    return {key: value}


# ---- forwarding ----


def _forward(key: str, prompt: str, words: str) -> Apply:
    def apply(call: "Call", extension: Extension, own: Preferences, place: str) -> _Change | Outcome:
        refusal = _no_place(call, extension, place)
        if refusal is not None:
            return refusal
        preferences = replace(own, **_set(key, place))
        return _Change(preferences, prompt, f"{words} to {place}", place, {"number": place})

    return apply


def _no_forward(key: str, prompt: str, words: str) -> Apply:
    def apply(call: "Call", extension: Extension, own: Preferences, _: str) -> _Change | Outcome:
        # Nothing is kept against a dialplan that has none: should it get one, that holds.
        has_one = getattr(extension.forward, key.removeprefix("forward_")) is not None
        return _Change(replace(own, **_set(key, NOWHERE if has_one else None)), prompt, f"{words} off")

    return apply


def _no_place(call: "Call", extension: Extension, place: str) -> Outcome | None:
    """Why calls cannot be forwarded there: it is decided like a call of one's own."""
    if place == extension.number:
        return Outcome.ONESELF
    if call.router.extension(place) is not None:
        return None  # whatever it is set to now
    decision = call.router.decide(
        CallFacts(extension.number, place, call.hops, at=call.now()), call.exchange.state_for(call)
    )
    if isinstance(decision, Ring | GoTo):
        return None
    if isinstance(decision, UseFeature):
        return None if decision.feature.takes_forwarded else Outcome.UNKNOWN_NUMBER
    # A department where nobody is now, or a trunk that is full, is a place all the same.
    return decision.outcome if decision.outcome in (Outcome.UNKNOWN_NUMBER, Outcome.NOT_ALLOWED) else None


# ---- do not disturb, anonymous callers ----


def _switch(key: str, on: bool, prompt: str, shown: str) -> Apply:
    def apply(call: "Call", extension: Extension, own: Preferences, _: str) -> _Change | Outcome:
        same_as_dialplan = getattr(extension, key) is on
        return _Change(replace(own, **_set(key, None if same_as_dialplan else on)), prompt, shown)

    return apply


# ---- block list ----


def _block(call: "Call", extension: Extension, own: Preferences, _: str) -> _Change | Outcome:
    caller = call.exchange.remembered.caller(extension.number)
    if is_hidden(caller):
        return Outcome.NO_LAST_CALLER
    blocked = (*(one for one in own.blocked if not same_number(one, caller)), caller)[-MOST_BLOCKED:]
    return _Change(
        replace(own, blocked=blocked), "number-blocked", f"Blocked: {caller}", caller, {"number": caller}
    )


def _unblock(call: "Call", extension: Extension, own: Preferences, number: str) -> _Change | Outcome:
    if not number:
        return _Change(replace(own, blocked=()), "caller-unblocked", "Nobody blocked")
    left = tuple(one for one in own.blocked if not same_number(one, number))
    if left == own.blocked:
        return Outcome.UNKNOWN_NUMBER
    return _Change(
        replace(own, blocked=left), "number-unblocked", f"Not blocked: {number}", number, {"number": number}
    )


MOST_BLOCKED: Final = 500
"""Numbers on one user's own list; the oldest goes."""

SETTINGS: Final[dict[Feature, Apply]] = {
    Feature.FORWARD_ALWAYS: _forward("forward_always", "forward-on", "Forwarding"),
    Feature.CANCEL_FORWARD_ALWAYS: _no_forward("forward_always", "forward-off", "Forwarding"),
    Feature.FORWARD_BUSY: _forward("forward_busy", "forward-busy-on", "When busy"),
    Feature.CANCEL_FORWARD_BUSY: _no_forward("forward_busy", "forward-busy-off", "When busy"),
    Feature.FORWARD_NO_ANSWER: _forward("forward_no_answer", "forward-no-answer-on", "No answer"),
    Feature.CANCEL_FORWARD_NO_ANSWER: _no_forward("forward_no_answer", "forward-no-answer-off", "No answer"),
    Feature.DO_NOT_DISTURB: _switch("do_not_disturb", True, "dnd-on", "Do not disturb"),
    Feature.CANCEL_DO_NOT_DISTURB: _switch("do_not_disturb", False, "dnd-off", "Do not disturb off"),
    Feature.REJECT_ANONYMOUS: _switch("reject_anonymous", True, "anonymous-blocked", "No anonymous calls"),
    Feature.CANCEL_REJECT_ANONYMOUS: _switch(
        "reject_anonymous", False, "anonymous-unblocked", "Anonymous calls"
    ),
    Feature.BLOCK_LAST_CALLER: _block,
    Feature.UNBLOCK: _unblock,
}
"""Codes that set something."""
