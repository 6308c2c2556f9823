"""Registrations outlive the process, however it ends."""

import contextlib
import sqlite3

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until


async def stored(switch: Switch, count: int) -> None:
    """Waits until the location database holds so many extensions: writing is not part of the answer."""
    file = switch.file.parent / "state" / "location.db"

    def is_there() -> bool:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return bool(database.execute("SELECT count(*) FROM location").fetchone()[0] == count)

    await until(is_there, f"{count} extensions in {file}")


async def test_after_kill_9_a_phone_that_does_not_register_again_rings(
    switch_factory: SwitchFactory, handset: HandsetFactory, baresip_factory: PhoneFactory
) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    switch = await switch_factory(address=address, plan=plan)
    boris = await handset("102", switch)
    clara = await baresip_factory("103", switch)
    await stored(switch, 2)
    await switch.kill9()

    switch = await switch_factory(address=address, plan=plan)
    assert (await switch.wait_event("ready"))["bindings"] == 2
    anna = await handset("101", switch, register=False)
    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    await outgoing.hang_up()
    await incoming.ended()
    outgoing = await anna.dial("103")
    await clara.answer()
    await outgoing.answered()
    await outgoing.hang_up()
    await clara.closed()


async def test_after_sigterm_too_and_what_was_removed_stays_removed(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    switch = await switch_factory(address=address, plan=plan)
    _anna, _boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await clara.register(expires=0)
    await switch.terminate()

    # 102 is taken out of the file meanwhile.
    plan = dialplan(address, ("101", "103"))
    switch = await switch_factory(address=address, plan=plan)
    listed = (await switch.control("registrations"))["registrations"]
    assert [one["number"] for one in listed] == ["101"]
    await stored(switch, 1)


async def test_a_phone_on_tcp_is_called_after_it_connects_again(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address)
    boris = await handset("102", switch, "tcp")
    await stored(switch, 1)
    await switch.kill9()
    await boris.sip.closed.wait()

    switch = await switch_factory(address=address)
    (binding,) = (await switch.control("registrations"))["registrations"]
    assert not binding["connected"]
    anna = await handset("101", switch)
    again = await handset("102", switch, "tcp")
    outgoing = await anna.dial("102")
    incoming = await again.called()
    await incoming.accept()
    await outgoing.answered()
    await outgoing.hang_up()
    await incoming.ended()
