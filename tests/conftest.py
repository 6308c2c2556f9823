"""What every test may ask for: the switch, phones, SIPp, raw parties; all are gone when the test is over."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.rig.baresip import Baresip, PhoneSettings
from tests.rig.postgresql import PostgresServer
from tests.rig.raw import Raw
from tests.rig.rtp import RtpPort
from tests.rig.scenario import Scenario
from tests.rig.scenarios import register
from tests.rig.sipp import Sipp, User
from tests.rig.switch import Switch, password

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

SwitchFactory = Callable[..., Awaitable[Switch]]

# What takes longest, waiting for the most part. Begun last, it would be what everybody waits for at the end.
_FIRST = (
    "test_session_expiry.py",
    "test_any_sequence.py",
    "test_quick.py",
    "test_fuzz.py",
    "test_music.py",
    "test_prompts.py",
)
PhoneFactory = Callable[..., Awaitable[Baresip]]
SippFactory = Callable[..., Awaitable[Sipp]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--stalls`."""
    parser.addoption("--stalls", action="store_true", help="as on a busy machine: see rig/stalls.py")


def pytest_sessionstart(session: pytest.Session) -> None:
    """By one process for all workers."""
    if session.config.getoption("stalls") and not hasattr(session.config, "workerinput"):
        stalls = subprocess.Popen([sys.executable, "-m", "tests.rig.stalls", str(os.getpid())])
        session.config.add_cleanup(stalls.wait)
        session.config.add_cleanup(stalls.terminate)


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first; workers that have nothing to do take over what follows them."""
    places = {name: place for place, name in enumerate(_FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(_FIRST)))


_STARTED = pytest.StashKey[list[Switch]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the switch said of it is part of a failure: of another machine there is nothing else to see."""
    report = yield
    if report.failed and call.when == "call":
        for switch in item.stash.get(_STARTED, []):
            report.sections.append(("the switch's last lines", switch.process.story()))
    return report


@pytest.fixture
async def switch_factory(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[SwitchFactory]:
    """`await switch_factory(plan=…, address=…)` starts a switch; see `Switch.start`.

    A test whose switch has logged an error fails, unless it said `allow_errors`. `name` is the folder: the
    same one again is a restart with the old state.
    """
    started = request.node.stash[_STARTED] = list[Switch]()

    async def start(name: str = "switch", **arguments: Any) -> Switch:
        switch = await Switch.start(tmp_path / name, **arguments)
        started.append(switch)
        return switch

    yield start
    await asyncio.gather(*(switch.let_go() for switch in started))
    for switch in started:
        switch.check_log()


@pytest.fixture
async def baresip_factory(tmp_path: Path) -> AsyncIterator[PhoneFactory]:
    """`await baresip_factory("101", switch, tone=440)` starts a phone and registers it.

    Without a switch it stands alone. Other arguments are those of `PhoneSettings`; `address` is its own.
    """
    phones: list[Baresip] = []

    async def start(
        user: str, switch: Switch | None = None, address: str | None = None, **settings: Any
    ) -> Baresip:
        if switch is not None:
            settings = {"registrar": switch.address, "password": password(user), **settings}
        else:
            settings = {"expires": 0, **settings}
        folder = tmp_path / f"phone-{len(phones)}-{user}"
        phone = await Baresip.start(PhoneSettings(user, **settings), folder, address)
        phones.append(phone)
        if switch is not None and phone.settings.expires:
            await phone.registered()
        return phone

    yield start
    await asyncio.gather(*(phone.stop() for phone in phones))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server of PostgreSQL; each test makes databases of its own in it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
async def sipp(tmp_path: Path) -> AsyncIterator[SippFactory]:
    """`await sipp(scenarios.caller(), target, users=[User("101", "pw-101", "102")])` starts SIPp.

    `registered_as=User(…)`: first registers that user from the same address and port. Other arguments are
    those of `Sipp.start`; await `.finished()` on what comes back.
    """
    running: list[Sipp] = []

    async def start(
        scenario: Scenario, target: str, registered_as: User | None = None, **arguments: Any
    ) -> Sipp:
        if registered_as is not None:
            way = {k: v for k, v in arguments.items() if k in ("domain", "address", "port", "transport")}
            first = await start(register(), target, users=[registered_as], **way)
            await first.finished()
            arguments = {"users": [registered_as], **arguments, "address": first.address}
        one = await Sipp.start(scenario, target, tmp_path / f"sipp-{len(running)}", **arguments)
        running.append(one)
        return one

    yield start
    for one in running:
        await one.stop()


@pytest.fixture
async def parties() -> AsyncIterator[AsyncExitStack]:
    """Closes what is pushed on it: see `raw` and `rtp`."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def raw(parties: AsyncExitStack) -> Callable[..., Awaitable[Raw]]:
    """`await raw(switch.address, "tcp")` opens a socket for hand-made messages; see `Raw.open`."""

    async def open_raw(remote: str, *arguments: Any, **settings: Any) -> Raw:
        party = await Raw.open(remote, *arguments, **settings)
        parties.push_async_callback(party.close)
        return party

    return open_raw


@pytest.fixture
def rtp(parties: AsyncExitStack) -> Callable[..., Awaitable[RtpPort]]:
    """`await rtp()` opens a media socket; see `RtpPort`."""

    async def open_rtp(*arguments: Any, **settings: Any) -> RtpPort:
        port = await RtpPort.open(*arguments, **settings)
        parties.callback(port.close)
        return port

    return open_rtp
