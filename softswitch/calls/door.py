"""Opening the door whose phone one talks with, by one key."""

from typing import TYPE_CHECKING

from softswitch.records.events import DoorOpened
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_state import Direction

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.config.door import Door


def door_of(call: "Call", leg: Leg) -> "Door | None":
    """Of a leg to or from a door phone."""
    extension = None if leg.trunk else call.router.extension(leg.number)
    return extension.door if extension is not None else None


def opens(call: "Call", by: Leg, far: Leg, key: str) -> bool:
    """Whether the key was for the door at the far side, which is told its code then.

    Who calls from outside opens nothing; whom we have called for the door, at his mobile say, may.
    """
    door = door_of(call, far)
    if door is None or key != door.key:
        return False
    if not call.is_of_the_house(by) and by.direction is not Direction.OUTBOUND:
        return False
    try:
        far.send_digits(door.code, by_info=door.send == "info")
    except SipError as error:
        call.log.warning("door not opened", door=far.number, error=str(error))
        return True
    call.publish(DoorOpened(call.now(), call.id, by.number, far.number))
    return True
