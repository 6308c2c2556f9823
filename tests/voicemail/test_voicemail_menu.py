"""The menu of an opened box, key by key, without a call."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from softswitch.calls.envelope import envelope
from softswitch.calls.saying import Prompt, Said
from softswitch.calls.voicemail_menu import Menu
from softswitch.voicemail.guard import MOST, SHUT, Guard
from softswitch.voicemail.message import Message

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def message(nth: int, heard: bool = False, caller: str = "+4930111") -> Message:
    return Message(f"m{nth}", "102", NOW.timestamp() - 60 * nth, caller, "Anna", 5.0, "a-1", heard)


class Listener:
    """Notes what the menu has done."""

    def __init__(self, *messages: Message, modes: tuple[tuple[str, str], ...] = ()) -> None:
        self.words: list[str] = []
        self.done: list[str] = []
        self.boxes = {"103"}
        self.menu = Menu(self, messages, NOW, modes)
        self.menu.begin()

    def say(self, *parts: Said) -> None:
        self.words = [part.name if isinstance(part, Prompt) else str(part) for part in parts]

    def sound(self, message: Message) -> Said:
        return Path(message.id)

    def heard(self, message: Message) -> None:
        self.done.append(f"heard {message.id}")

    def delete(self, message: Message) -> None:
        self.done.append(f"delete {message.id}")

    def forward(self, message: Message, number: str) -> bool:
        self.done.append(f"forward {message.id} {number}")
        return number in self.boxes

    def call_back(self, message: Message) -> bool:
        self.done.append(f"call {message.caller}")
        return message.caller.startswith("+")

    def greeting(self, mode: str) -> Said | None:
        return Path(f"greeting of {mode}") if mode == "night" else None

    def forget_greeting(self, mode: str) -> None:
        self.done.append(f"forget greeting {mode}".rstrip())

    def record_greeting(self, mode: str) -> None:
        self.done.append(f"record {mode}".rstrip())

    def stop_greeting(self) -> None:
        self.done.append("stop")

    def end(self) -> None:
        self.done.append("end")

    def press(self, keys: str) -> "Listener":
        for key in keys:
            self.menu.press(key)
        return self


def test_new_ones_come_first() -> None:
    listener = Listener(message(1, heard=True), message(2), message(3))
    assert listener.words[:2] == ["new-messages", "old-messages"]
    assert "m2" in listener.press("1").words
    assert "m3" in listener.press("6").words
    assert "m1" in listener.press("6").words
    assert listener.press("6").words == ["no-more-messages", "message-keys"]
    assert "m3" in listener.press("4").words
    assert "m3" in listener.press("5").words


def test_an_empty_box() -> None:
    listener = Listener()
    assert listener.words[0] == "no-new-messages"
    assert listener.press("1").words[0] == "no-messages"
    assert "end" not in listener.press("#").done
    listener.menu.said()
    assert listener.done == ["end"]


def test_what_is_deleted_goes_at_the_end_unless_taken_back() -> None:
    listener = Listener(message(1), message(2))
    assert "m2" in listener.press("17").words, "the next one follows"
    listener.press("747")  # deletes the second, goes back, takes the first back
    assert not any(one.startswith("delete") for one in listener.done)
    listener.menu.close()
    assert [one for one in listener.done if one.startswith("delete")] == ["delete m2"]
    listener.menu.close()
    assert listener.done.count("delete m2") == 1


def test_heard_when_played_or_passed_over() -> None:
    listener = Listener(message(1))
    listener.press("1")
    assert listener.done == []
    listener.menu.said()
    assert listener.done == ["heard m1"]


def test_forward() -> None:
    listener = Listener(message(1)).press("18104#")
    assert listener.words[0] == "no-such-mailbox"
    assert listener.press("103#").words[0] == "message-forwarded"
    assert listener.press("8*").words == ["message-keys"]
    assert [one for one in listener.done if one.startswith("forward")] == ["forward m1 104", "forward m1 103"]


def test_call_back() -> None:
    assert "call +4930111" in Listener(message(1)).press("12").done
    assert Listener(message(1, caller="")).press("12").words[0] == "from-unknown"
    assert Listener(message(1, caller="666")).press("12").words[0] == "not-allowed"


def test_greeting() -> None:
    listener = Listener().press("01")
    assert listener.words == ["record-greeting", "tone-beep"]
    listener.menu.said()
    assert listener.press("#").done == ["record", "stop"]
    listener.menu.greeting_kept(False)
    assert listener.words[0] == "too-short"
    assert listener.press("2").words[0] == "no-greeting"
    assert listener.press("3").done[-1] == "forget greeting"


def test_silence_ends_it() -> None:
    listener = Listener(message(1))
    listener.menu.silent()
    assert listener.words == ["voicemail-keys"]
    listener.menu.silent()
    assert listener.words == ["goodbye"]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (3600, ["today", "at-hour", "from-number"]),
        (3600 * 13 - 60, ["yesterday", "at-time", "from-number"]),
        (86400 * 3, ["days-ago", "at-hour", "from-number"]),
        (-86400, ["today", "at-hour", "from-number"]),
    ],
)
def test_when_it_was_left(ago: float, words: list[str]) -> None:
    one = Message("m", "102", NOW.timestamp() - ago, "1", "", 1.0, "")
    assert [part.name for part in envelope(one, NOW)] == words


def test_a_box_shuts_after_too_many_wrong_pins() -> None:
    guard = Guard()
    for _ in range(MOST):
        assert not guard.is_shut("102", False, 0.0)
        guard.wrong("102", False, 0.0)
    assert guard.is_shut("102", False, SHUT - 1)
    assert not guard.is_shut("102", True, 0.0), "its owner is not locked out by a stranger"
    assert not guard.is_shut("103", False, 0.0)
    assert not guard.is_shut("102", False, SHUT)
    guard.wrong("102", False, SHUT)
    guard.right("102", False)
    assert not guard.is_shut("102", False, SHUT)


def test_a_greeting_for_each_mode() -> None:
    listener = Listener(modes=(("day", "Day"), ("night", "Late at night")))
    assert listener.press("0").words == ["greeting-of-all", "greeting-modes", "greeting-keys"]
    assert listener.press("2").words[:2] == ["no-greeting", "greeting-of-all"]
    assert listener.press("4").words[0] == "greeting-of-mode"
    assert listener.press("42").words[:2] == ["greeting of night", "greeting-of-mode"]
    listener.press("1").menu.said()
    listener.press("#").menu.greeting_kept(True)
    assert listener.words[:2] == ["greeting-saved", "greeting-of-mode"]
    listener.press("343")
    assert listener.done == ["record night", "stop", "forget greeting night", "forget greeting"]
    assert "greeting-modes" not in Listener().press("04").words, "where the house has no modes"
