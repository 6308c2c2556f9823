"""A company with a trunk, and the carrier's side of it, by hand."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.rig.carrier import Carrier
from tests.rig.switch import Switch, dialplan

CarrierFactory = Callable[..., Awaitable[Carrier]]
Joined = Callable[..., Awaitable[tuple[Switch, Carrier]]]

ACCOUNT = {"user": "4930123", "password": "carrier-pw"}


def company(
    address: str, server: str, trunk: dict[str, Any] | None = None, **settings: Any
) -> dict[str, Any]:
    """Anna 101, Boris 102 who may not call outside, Clara 103, and one trunk."""
    plan: dict[str, Any] = dialplan(address, ("101", "102", "103"))
    plan["extensions"]["102"]["rights"] = {"outside": False}
    plan["departments"] = {"sales": {"name": "Sales", "members": ["101", "103"]}}
    plan["numbers"] = {"+4930123450": "sales", "+4930123451": "101"}
    plan["trunks"] = {
        "line": {
            "server": server,
            "prefix": "9",
            "numbers": ["+4930123450", "+4930123451"],
            "qualify": "off",  # SIPp takes an OPTIONS for a call
            **(trunk or {}),
        }
    }
    return {**plan, **settings}


async def last_call(switch: Switch) -> dict[str, Any]:
    await switch.idle()
    (call,) = (await switch.control("calls", recent=1))["calls"]
    return call


async def shown(switch: Switch, trunk: str = "line") -> dict[str, Any]:
    trunks = (await switch.control("trunks"))["trunks"]
    return next(one for one in trunks if one["name"] == trunk)


async def is_registered(switch: Switch) -> bool:
    return (await shown(switch))["state"] == "registered"
