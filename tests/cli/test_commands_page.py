"""docs/commands.md names every command, and none that is not there."""

import re
from pathlib import Path

from softswitch.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_every_command_has_its_chapter() -> None:
    chapters = re.findall(r"^## (\w+)$", PAGE.read_text(), re.MULTILINE)
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]
    assert chapters == commands


def test_every_command_has_an_example() -> None:
    text = PAGE.read_text()
    for command in app.registered_commands:
        name = command.callback.__name__  # type: ignore[union-attr]
        assert f"    $ softswitch {name}" in text
