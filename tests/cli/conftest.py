"""What the command line's tests share: the command in this process, a dialplan, a switch that answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from softswitch.cli.main import app
from tests.cli.fake import GOOD, Command, FakeSwitch


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the commands run in; nobody has named a switch."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOFTSWITCH_STATE", raising=False)
    return tmp_path


@pytest.fixture
def softswitch(folder: Path) -> Command:
    """`softswitch("check", "x.yaml")` runs the command; the result has stdout, stderr and exit_code."""

    def run(*arguments: str | Path, **environment: str) -> Result:
        result = CliRunner().invoke(app, [str(one) for one in arguments], env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def switch(folder: Path) -> Iterator[FakeSwitch]:
    """A switch whose state directory is ./state, where commands look first."""
    state = folder / "state"
    state.mkdir()
    fake = FakeSwitch(state)
    yield fake
    fake.close()


@pytest.fixture
def dialplan(folder: Path) -> Path:
    """A good dialplan."""
    file = folder / "office.yaml"
    file.write_text(GOOD)
    file.chmod(0o600)
    return file
