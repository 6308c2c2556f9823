"""What end-to-end tests have beside the rig: phones and carriers made by hand."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, Joined, company
from tests.rig.carrier import Carrier
from tests.rig.handset import Handset
from tests.rig.ports import new_address
from tests.rig.raw import Raw
from tests.rig.rtp import RtpPort
from tests.rig.switch import Switch

HandsetFactory = Callable[..., Awaitable[Handset]]
RtpFactory = Callable[..., Awaitable[RtpPort]]


@pytest.fixture
def handset(raw: Callable[..., Awaitable[Raw]], rtp: Callable[..., Awaitable[RtpPort]]) -> HandsetFactory:
    """`await handset("101", switch)`: a registered phone; `register=False`, or settings of `Raw.open`."""

    async def start(
        user: str, switch: Switch, protocol: str = "udp", register: bool = True, **settings: Any
    ) -> Handset:
        phone = Handset(user, await raw(switch.address, protocol, **settings), await rtp())
        if register:
            await phone.register()
        return phone

    return start


@pytest.fixture
def carrier(raw: Callable[..., Awaitable[Raw]], rtp: Callable[..., Awaitable[RtpPort]]) -> CarrierFactory:
    """`await carrier(switch.address, address)`: a carrier's server at that address, port 5060."""

    async def start(remote: str, address: str, **settings: Any) -> Carrier:
        return Carrier("carrier", await raw(remote, address=address, **settings), await rtp())

    return start


@pytest.fixture
def joined(switch_factory: SwitchFactory, carrier: CarrierFactory) -> Joined:
    """`await joined(**trunk)`: a switch, and the carrier that its trunk leads to."""

    async def start(trunk: dict[str, Any] | None = None, **settings: Any) -> tuple[Switch, Carrier]:
        address, server = new_address(), new_address()
        line = await carrier(address, server)
        plan = company(address, f"{server}:5060", trunk, **settings)
        return await switch_factory(address=address, plan=plan), line

    return start
