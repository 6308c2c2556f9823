"""softswitch init: a dialplan that works, readable for its owner only, and what phones need to know."""

import json
import stat
from pathlib import Path

from softswitch.config import load
from tests.cli.fake import Command


def test_init_writes_a_dialplan_that_the_switch_takes(softswitch: Command, folder: Path) -> None:
    result = softswitch("init", "office.yaml", "--extensions", "3", "--domain", "office.example")
    assert result.exit_code == 0
    dialplan = load(folder / "office.yaml")
    assert (dialplan.domain, list(dialplan.extensions)) == ("office.example", ["101", "102", "103"])
    assert dialplan.warnings == ()


def test_init_hides_the_passwords_from_other_users(softswitch: Command, folder: Path) -> None:
    softswitch("init")
    assert stat.S_IMODE((folder / "dialplan.yaml").stat().st_mode) == 0o600


def test_init_prints_what_to_type_into_each_phone(softswitch: Command, folder: Path) -> None:
    result = softswitch("init", "--extensions", "2", "--domain", "office.example")
    rows = [line.split() for line in result.stdout.splitlines() if line.startswith("office.example")]
    people = load(folder / "dialplan.yaml").extensions.values()
    assert rows == [
        ["office.example", "5060", one.number, one.password.get_secret_value(), "UDP", "or", "TCP"]
        for one in people
    ]
    assert "outbound" in result.stdout
    assert result.stdout.rstrip().endswith("Next: softswitch run dialplan.yaml")


def test_init_without_a_domain_takes_this_machines_address(softswitch: Command, folder: Path) -> None:
    result = softswitch("init", "--extensions", "1")
    assert load(folder / "dialplan.yaml").domain.strip("[]").replace(":", ".").replace(".", "").isalnum()
    assert "outbound" not in result.stdout


def test_init_as_json(softswitch: Command, folder: Path) -> None:
    data = json.loads(softswitch("init", "-n", "1", "--domain", "a.example", "--json").stdout)
    (phone,) = data["phones"]
    password = load(folder / "dialplan.yaml").extensions["101"].password.get_secret_value()
    assert phone == {
        "server": "a.example",
        "port": 5060,
        "user": "101",
        "password": password,
        "transports": ["udp", "tcp"],
    }


def test_init_never_overwrites(softswitch: Command, folder: Path) -> None:
    (folder / "dialplan.yaml").write_text("mine")
    result = softswitch("init")
    assert result.exit_code == 1
    assert "dialplan.yaml is there already" in result.stderr
    assert "--force" in result.stderr
    assert (folder / "dialplan.yaml").read_text() == "mine"


def test_init_does_not_write_through_a_dangling_link(softswitch: Command, folder: Path) -> None:
    (folder / "dialplan.yaml").symlink_to(folder / "elsewhere")
    assert softswitch("init").exit_code == 1
    assert not (folder / "elsewhere").exists()


def test_init_overwrites_when_forced_and_closes_the_file_to_others(softswitch: Command, folder: Path) -> None:
    file = folder / "dialplan.yaml"
    file.write_text("mine")
    file.chmod(0o644)
    assert softswitch("init", "--force").exit_code == 0
    assert len(load(file).extensions) == 10
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == ["dialplan.yaml"]


def test_init_refuses_what_makes_no_dialplan(softswitch: Command, folder: Path) -> None:
    for arguments in (
        ("-n", "0"),
        ("--domain", "no host"),
        ("--first", "abc"),
        ("--timezone", "Nowhere/Land"),
    ):
        result = softswitch("init", *arguments)
        assert result.exit_code == 1
        assert "no dialplan was written" in result.stderr
    assert list(folder.iterdir()) == []


def test_init_into_a_folder_that_is_not_there(softswitch: Command) -> None:
    result = softswitch("init", "nowhere/dialplan.yaml")
    assert result.exit_code == 1
    assert "nowhere/dialplan.yaml cannot be written: No such file or directory" in result.stderr
