"""The control socket's client: one answer, or one reason why there is none."""

import socket
from pathlib import Path

import pytest

from softswitch.api.client import Client, ControlError, Declined, NoAnswer, NotAllowed, NotRunning
from tests.cli.fake import FakeSwitch


def test_asks_and_gets_the_result(switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": []})
    assert Client(switch.state).ask("calls", recent=3) == {"calls": []}
    assert switch.asked == [("calls", {"recent": 3})]


def test_a_large_answer(switch: FakeSwitch) -> None:
    switch.result("trace", {"text": "x" * 5_000_000})
    assert len(Client(switch.state).ask("trace")["text"]) == 5_000_000


def test_a_refusal_with_its_reasons(switch: FakeSwitch) -> None:
    switch.answers["reload"] = {"ok": False, "error": "no", "remedy": "mend it", "problems": ["a:1:1: b"]}
    with pytest.raises(Declined) as caught:
        Client(switch.state).ask("reload")
    assert (caught.value.message, caught.value.remedy, caught.value.problems) == (
        "no",
        "mend it",
        ("a:1:1: b",),
    )


def test_no_switch_at_all(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="no switch is running on"):
        Client(tmp_path).ask("status")
    with pytest.raises(NotRunning):
        Client(tmp_path / "nowhere").ask("status")


def test_a_socket_that_a_killed_switch_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind("control.sock")
    with pytest.raises(NotRunning):
        Client(tmp_path).ask("status")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "has not answered within 0.3 s"),
        (b"", "closed the connection"),
        (b"nonsense\n", "answered what is no answer"),
        (b"[]\n", "answered what is no answer"),
        (b'{"ok": true, "result": 3}\n', "answered what is no answer"),
        (b'{"ok": "no"}\n', "answered what is no answer"),
        (b"[" * 100_000 + b"\n", "answered what is no answer"),
        (b"\xff\xfe\n", "answered what is no answer"),
    ],
)
def test_answers_that_are_none(switch: FakeSwitch, answer: bytes | None, said: str) -> None:
    switch.answers["status"] = answer
    with pytest.raises(NoAnswer, match=said) as caught:
        Client(switch.state, deadline=0.3).ask("status")
    assert caught.value.remedy


def test_a_switch_of_another_user(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may connect to every socket, so the kernel's refusal is played."""

    class Forbidden(socket.socket):
        def connect(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Forbidden)
    with pytest.raises(NotAllowed, match="may not control") as caught:
        Client(switch.state).ask("status")
    assert "as the user that runs the switch" in caught.value.remedy


def test_a_folder_with_a_very_long_name(tmp_path: Path) -> None:
    state = tmp_path / ("a" * 200)
    state.mkdir()
    switch = FakeSwitch(state)
    try:
        switch.result("status", {"calls": 1})
        assert Client(state).ask("status") == {"calls": 1}
    finally:
        switch.close()
    assert not any("a" * 200 in link for link in _open_files())


def test_every_error_is_a_control_error() -> None:
    for kind in (NotRunning, NotAllowed, NoAnswer, Declined):
        assert issubclass(kind, ControlError)


def _open_files() -> list[str]:
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(entry.readlink()))
        except OSError:  # the listing's own descriptor
            continue
    return links
