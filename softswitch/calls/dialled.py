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


def use(call: "Call", decision: UseFeature, side: "Side | None") -> Step | Ending:
    """The step that the feature is. Who was sent there by a transfer has it as if he had dialled."""
    if decision.feature in settings_by_code.SETTINGS:
        return settings_by_code.change(call, decision, side)
    if decision.feature in _OF_THE_CALLER:
        return _OF_THE_CALLER[decision.feature](call, decision.argument, side)
    match decision.feature:
        case Feature.MODE:
            return mode_by_code.change(call, decision.argument, side)
        case Feature.CONFERENCE:
            return conference_door.enter(call, decision.argument, side)
        case Feature.PARK:
            return parking.park(call, side)
        case Feature.RETRIEVE:
            return parking.retrieve(call, decision.argument)
        case Feature.PICKUP_GROUP:
            return pickup.pick_up(call, call.router.group_of(call.caller.number))
        case Feature.PICKUP:
            return pickup.pick_up(call, (decision.argument,))
        case Feature.LISTEN | Feature.WHISPER | Feature.BARGE:
            return supervise(call, decision.argument, Mode(decision.feature.value))
    return Ending.by_us(Outcome.UNKNOWN_NUMBER)
