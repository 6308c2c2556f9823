"""Which switch is meant, and what is said when it cannot be asked."""

import json
from pathlib import Path

import pytest

from tests.cli.fake import Command, FakeSwitch
from tests.cli.samples import status

ASKING = (
    ("status",),
    ("calls",),
    ("registrations",),
    ("reload",),
    ("hangup", "last"),
    ("trace", "last"),
)


@pytest.mark.parametrize("command", ASKING)
def test_without_a_switch_the_exit_code_is_3(softswitch: Command, command: tuple[str, ...]) -> None:
    result = softswitch(*command)
    assert result.exit_code == 3
    assert (
        "no running switch is found in the usual places (state, conf/state, /var/lib/softswitch)"
        in result.stderr
    )
    assert "--state DIR or SOFTSWITCH_STATE" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ASKING)
def test_json_says_failures_in_json(softswitch: Command, command: tuple[str, ...], folder: Path) -> None:
    result = softswitch(*command, "--json", "--state", folder)
    assert result.exit_code == 3
    data = json.loads(result.stdout)
    assert data["ok"] is False
    assert data["error"] == f"no switch is running on {folder}"
    assert "softswitch run FILE" in data["remedy"]


@pytest.mark.parametrize("command", ASKING)
def test_a_refusal_has_exit_code_1(softswitch: Command, switch: FakeSwitch, command: tuple[str, ...]) -> None:
    refusal = {"ok": False, "error": "not \x1b[31mnow", "remedy": "wait"}
    switch.answers = dict.fromkeys(("status", "calls", "registrations", "reload", "hangup", "trace"), refusal)
    result = softswitch(*command)
    assert result.exit_code == 1
    assert result.stderr == "error: not \\x1b[31mnow\nremedy: wait\n"


@pytest.mark.parametrize("command", [one for one in ASKING if one != ("reload",)])
def test_a_switch_of_another_version(
    softswitch: Command, switch: FakeSwitch, command: tuple[str, ...]
) -> None:
    for name in ("status", "calls", "registrations", "trace"):
        switch.result(name, {"unheard": "of"})
    result = softswitch(*command)
    assert result.exit_code == 3
    assert "it seems to be of another version" in result.stderr


def test_the_state_directory_of_a_dialplan(softswitch: Command, switch: FakeSwitch, folder: Path) -> None:
    """Even of one with errors: that is the one to be mended and reloaded."""
    switch.result("status", status())
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "x.yaml").write_text("state_directory: ../state\nunknown: key\n")
    assert softswitch("status", "--dialplan", "elsewhere/x.yaml").exit_code == 0
    (folder / "y.yaml").write_text("domain: a.example\n")
    assert softswitch("status", "--dialplan", "y.yaml").exit_code == 0


def test_a_dialplan_that_says_nothing(softswitch: Command, folder: Path) -> None:
    result = softswitch("status", "--dialplan", "nowhere.yaml")
    assert (result.exit_code, "nowhere.yaml cannot be read: No such file" in result.stderr) == (1, True)
    (folder / "broken.yaml").write_text("a: [")
    result = softswitch("status", "--dialplan", "broken.yaml")
    assert (result.exit_code, "does not say where its switch is" in result.stderr) == (1, True)


def test_the_environment_names_the_switch(softswitch: Command, switch: FakeSwitch, folder: Path) -> None:
    switch.result("status", status())
    switch.state.rename(folder / "other")
    assert softswitch("status").exit_code == 3
    assert softswitch("status", SOFTSWITCH_STATE=str(folder / "other")).exit_code == 0
    assert softswitch("status", "--state", "nowhere", SOFTSWITCH_STATE=str(folder / "other")).exit_code == 3


def test_the_demonstrations_switch_is_found_from_the_source_tree(
    softswitch: Command, switch: FakeSwitch, folder: Path
) -> None:
    switch.result("status", status())
    (folder / "conf").mkdir()
    switch.state.rename(folder / "conf" / "state")
    assert softswitch("status").exit_code == 0
