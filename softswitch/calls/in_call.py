"""What keys pressed during a call ask for."""

from typing import TYPE_CHECKING

from softswitch.calls import consulting, dialling, recording, run_scenario, transfer
from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.config import Feature
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def use(call: "Call", by: Leg, feature: Feature) -> Step | Ending | None:
    """The step that the feature is; None when it means nothing now."""
    waits = call.other(by)
    if waits is None:
        return None
    match feature:
        case Feature.BLIND_TRANSFER:
            return dialling.Dialling(
                call, by, waits, lambda number: transfer.blind_by_keys(call, by, waits, number)
            )
        case Feature.ATTENDED_TRANSFER:
            return dialling.Dialling(
                call, by, waits, lambda number: consulting.consult(call, by, waits, number)
            )
        case Feature.RUN_SCENARIO:
            return dialling.Dialling(
                call,
                by,
                waits,
                lambda code: run_scenario.send(call, by, waits, code),
                call.router.is_whole_scenario_code,
            )
        case Feature.RECORD:
            recording.press(call, by)
        case Feature.PAUSE_RECORDING:
            recording.pause(call)
    return None
