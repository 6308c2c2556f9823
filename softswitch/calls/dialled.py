"""Features that are dialled like a number."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from softswitch.calls import (
    again,
    camp_on,
    conference_door,
    intercom,
    mode_by_code,
    parking,
    pickup,
    queue_codes,
    settings_by_code,
    voicemail_access,
)
from softswitch.calls.consulting import Consultation
from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.calls.supervising import Mode, supervise
from softswitch.config import Feature
from softswitch.routing import Outcome, UseFeature

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_OF_THE_CALLER: Final[dict[Feature, Callable[["Call", str, "Side | None"], Step | Ending]]] = {
    Feature.CALL_BACK: lambda call, _, side: again.call_back(call, side),
    Feature.REDIAL: lambda call, _, side: again.redial(call, side),
    Feature.CAMP_ON: camp_on.camp_on,
    Feature.INTERCOM: intercom.speak,
    Feature.QUEUE_LOGIN: queue_codes.log_in,
    Feature.QUEUE_PAUSE: queue_codes.pause,
    Feature.CANCEL_CAMP_ON: lambda call, _, side: camp_on.cancel(call, side),
    Feature.VOICEMAIL: lambda call, _, side: voicemail_access.open_own(call, side),
    Feature.VOICEMAIL_ANY: voicemail_access.open_any,
}


_TO_ANOTHER_CALL: Final[dict[Feature, Callable[["Call", str], Step | Ending]]] = {
    Feature.RETRIEVE: parking.retrieve,
    Feature.PICKUP_GROUP: lambda call, _: pickup.pick_up_in_group(call),
    Feature.PICKUP: pickup.pick_up_at,
    Feature.LISTEN: lambda call, number: supervise(call, number, Mode.LISTEN),
    Feature.WHISPER: lambda call, number: supervise(call, number, Mode.WHISPER),
    Feature.BARGE: lambda call, number: supervise(call, number, Mode.BARGE),
}


def use(call: "Call", decision: UseFeature, side: "Side | None") -> Step | Ending:
    """The step that the feature is. Who was sent there by a transfer has it as if he had dialled."""
    feature, argument = decision.feature, decision.argument
    if feature in settings_by_code.SETTINGS:
        return settings_by_code.change(call, decision, side)
    if feature in _OF_THE_CALLER:
        return _OF_THE_CALLER[feature](call, argument, side)
    if feature in _TO_ANOTHER_CALL:
        if isinstance(side, Consultation):
            return Ending.by_us(Outcome.NOT_ALLOWED)  # somebody waits here meanwhile
        return _TO_ANOTHER_CALL[feature](call, argument)
    match feature:
        case Feature.MODE:
            return mode_by_code.change(call, argument, side)
        case Feature.CONFERENCE:
            return conference_door.enter(call, argument, side)
        case Feature.PARK:
            return parking.park(call, side)
    return Ending.by_us(Outcome.UNKNOWN_NUMBER)
