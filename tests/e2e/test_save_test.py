"""`why --save-test`: a call that was is a test that stands in the dialplan, and passes."""

import asyncio
from pathlib import Path
from typing import Any

import yaml

from softswitch.config import load
from softswitch.routing.call_tests import failing
from tests.conftest import SwitchFactory
from tests.e2e.carriers import last_call
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import press
from tests.rig.ports import new_address
from tests.rig.switch import COMMAND, Switch, dialplan
from tests.rig.waiting import until, until_told


async def why(switch: Switch, *words: str) -> tuple[int, str]:
    """What the command says of the last call, which is recorded by now; its exit code."""
    call = (await last_call(switch))["id"]

    async def recorded() -> bool:
        state = (await switch.control("status"))["records"]
        return bool(state["recorded"]) and not state["waiting"]

    await until_told(recorded, f"{call} is recorded")
    command = [*COMMAND, "why", call, "--dialplan", str(switch.file), *words]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, said.decode()


def plan(address: str) -> dict[str, Any]:
    menus = {
        "main": {"number": 300, "prompt": "Press one.", "keys": {"1": "sales", "2": "sub"}},
        "sub": {"prompt": "Press five.", "keys": {"5": "order"}},
    }
    steps = {
        "choose": {"menu": "Press nine.", "keys": {"9": "who"}},
        "who": {"ring": "103", "otherwise": "box"},
        "box": {"voicemail": "101"},
    }
    made = dialplan(
        address,
        ("101", "102", "103"),
        menus=menus,
        scenarios={"order": {"steps": steps}},
        departments={"sales": {"number": 200, "members": ["102", "103"]}},
        modes={"always": "otherwise"},
    )
    made["extensions"]["101"]["voicemail"] = {"pin": "445566"}
    return made


async def test_a_call_through_menus_becomes_a_test(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    address = new_address()
    made = plan(address)
    switch = await switch_factory(address=address, plan=made)
    await switch.wait_event("own words prepared")
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("300")
    await talk.answered()
    await press(anna, "1")
    called = await boris.called()
    await called.accept()
    await talk.hang_up()
    await called.ended()

    code, shown = await why(switch, "--save-test", "-")
    assert code == 0, shown
    ((name, test),) = yaml.safe_load(shown)["tests"].items()
    assert name.startswith("Call ")
    assert (test["caller"], test["to"], test["keys"], test["answer"]) == ("101", "300", "1", ["102"])
    assert test["expect"] == ["mode always", "menu main", "1: sales", "ring sales", "102 answers"]

    file = tmp_path / "office.yaml"
    file.write_text(yaml.safe_dump(made, sort_keys=False))
    code, shown = await why(switch, "--save-test", str(file))
    assert code == 0, shown
    saved = load(file)
    assert list(saved.tests) == [name]
    assert failing(saved) == ()
    code, shown = await why(switch, "--save-test", str(file))
    assert code != 0
    assert "already" in shown

    # The file leads it elsewhere by now: nothing is written.
    made["menus"]["main"]["keys"]["1"] = "103"
    file.write_text(yaml.safe_dump(made, sort_keys=False))
    before = file.read_text()
    code, shown = await why(switch, "--save-test", str(file))
    assert code != 0
    assert "elsewhere" in shown
    assert file.read_text() == before


async def test_it_goes_on_below_the_tests_that_there_are_and_through_a_scenario(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    address = new_address()
    made = plan(address)
    switch = await switch_factory(address=address, plan=made)
    await switch.wait_event("own words prepared")
    anna = await handset("101", switch)
    await handset("102", switch)
    talk = await anna.dial("300")
    await talk.answered()
    await press(anna, "259")  # 103 has no phone: voicemail, which takes keys that no record may hold
    await until(lambda: anna.media.recent(0.2) is not None, "the box speaks")
    await talk.hang_up()
    file = tmp_path / "office.yaml"
    one = {"caller": "101", "to": "102", "at": "2026-03-09T10:00", "expect": "102 answers"}
    file.write_text(yaml.safe_dump({**made, "tests": {"Anna calls Boris": one}}, sort_keys=False))
    code, shown = await why(switch, "--save-test", str(file))
    assert code == 0, shown
    saved = load(file)
    assert len(saved.tests) == 2
    assert failing(saved) == ()
    test = saved.tests[next(key for key in saved.tests if key.startswith("Call "))]
    assert test.keys == "259"
    assert test.unregistered == ("103",)
    assert test.expect[-4:] == ("step who", "refuse unregistered", "step box", "voicemail 101")
    assert test.answer is None, "nobody was rung"


async def test_a_pin_is_in_no_record(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=plan(address))
    anna = await handset("101", switch)
    boris = await handset("102", switch)
    del anna
    talk = await boris.dial("*98")
    await talk.answered()
    await press(boris, "101#445566#")
    await talk.hang_up()
    code, shown = await why(switch, "--save-test", "-")
    assert code == 0, shown
    assert "445566" not in shown
    journal = b"".join(path.read_bytes() for path in switch.file.parent.glob("state/journal/*.log"))
    assert b"DigitPressed" in journal
    for part in (b'"4"', b'"5"', b'"6"'):
        assert part not in journal
