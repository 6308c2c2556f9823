"""What end-to-end tests have beside the rig: phones made by hand, registered at once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.rig.handset import Handset
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
