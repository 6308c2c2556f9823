"""What the control socket can do with conferences."""

from collections.abc import Callable
from typing import Any, Final

from softswitch.api.control import Refused
from softswitch.calls.conference import InConference
from softswitch.calls.exchange import Exchange
from softswitch.calls.room import Room

_ROOM: Final[dict[str, Callable[[Room], None]]] = {
    "lock": lambda room: room.lock(True),
    "unlock": lambda room: room.lock(False),
    "end": lambda room: room.end(),
}
_MEMBER: Final[dict[str, Callable[[InConference], None]]] = {
    "mute": lambda member: member.mute(True),
    "unmute": lambda member: member.mute(False),
    "kick": lambda member: member.kick(),
}


def conference(exchange: Exchange, arguments: dict[str, Any]) -> dict[str, Any]:
    """Lists the open rooms; `action` with `room`, and for mute, unmute and kick `member`, changes one first.

    Raises Refused.
    """
    action = arguments.get("action")
    if action is not None:
        _act(exchange, str(action), str(arguments.get("room", "")), str(arguments.get("member") or ""))
    return {"rooms": [_shown(room) for room in exchange.rooms.values()]}


def _act(exchange: Exchange, action: str, number: str, member: str) -> None:
    room = exchange.rooms.get(number)
    if room is None:
        raise Refused(
            f"nobody is in a conference {number}", "`softswitch conference` lists those with somebody in them"
        )
    if action in _ROOM:
        _ROOM[action](room)
        return
    change = _MEMBER.get(action)
    if change is None:
        known = ", ".join((*_ROOM, *_MEMBER))
        raise Refused(f"a conference knows no {action!r}", f"say one of {known}")
    found = [one for one in room.members if member in (one.leg.number, one.call.id)]
    if not found:
        raise Refused(
            f"{member or 'nobody'} is not in conference {number}", "name a party by number or by call"
        )
    for one in found:
        change(one)


def _shown(room: Room) -> dict[str, Any]:
    return {
        "number": room.number,
        "name": room.name,
        "locked": room.locked,
        "recorded": room.recorder is not None,
        "started_at": room.started_at,
        "members": [
            {
                "call": member.call.id,
                "place": member.place,
                "number": member.leg.number,
                "name": member.leg.name,
                "moderator": member.is_moderator,
                "muted": member.muted,
                "on_hold": member.leg.held,
            }
            for member in room.members
        ],
    }
