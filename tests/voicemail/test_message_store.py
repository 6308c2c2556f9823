"""Boxes on disk: what is kept, what a crash leaves, what is trimmed."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from media.tones import silence, sine
from media.wav import read, write
from softswitch.voicemail import sound
from softswitch.voicemail.message import Message, from_json, to_json
from softswitch.voicemail.store import Draft, MessageStore

RATE = 8000


def message(nth: int = 1, box: str = "102") -> Message:
    return Message(f"{nth:013d}-a-{nth}", box, 1000.0 + nth, "101", "Anna", 0.0, f"a-{nth}")


def speak(path: Path, seconds: float, quiet: float = 0.0) -> None:
    write(path, np.concatenate([sine(600, seconds, RATE), silence(quiet, RATE)]), RATE)


async def complete() -> None:
    await asyncio.sleep(0)


async def left(store: MessageStore, nth: int = 1, box: str = "102", seconds: float = 3.0) -> Message:
    """A message that has been spoken to its end."""
    draft = store.begin(message(nth, box))
    speak(draft.part, seconds, 2.0)
    before = len(store.messages(box))
    store.finish(draft, complete(), 2.0)
    await until_written(store)
    assert len(store.messages(box)) == before + 1
    return store.messages(box)[-1]


async def until_written(store: MessageStore) -> None:
    await store._disk.idle()


def reopened(folder: Path) -> MessageStore:
    store = MessageStore(folder)
    store.load(2.0, RATE)
    return store


async def test_a_message_is_kept_without_its_silent_end(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    told: list[str] = []
    store.on_change = told.append
    kept = await left(store)
    assert kept.seconds == pytest.approx(3.3, abs=0.05)
    assert read(store.sound(kept)).seconds == pytest.approx(3.3, abs=0.05)
    assert (store.counts("102"), told) == ((1, 0), ["102"])
    assert {file.suffix for file in store.folder("102").iterdir()} == {".wav", ".json"}
    again = reopened(tmp_path)
    assert again.messages("102") == (kept,)
    await store.close()


async def test_too_short_or_silent_is_not_kept(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    for nth, (loud, quiet) in enumerate([(1.0, 5.0), (0.0, 5.0)]):
        draft = store.begin(message(nth))
        speak(draft.part, loud, quiet)
        store.finish(draft, complete(), 2.0)
    await store.close()
    assert store.messages("102") == ()
    assert not list(store.folder("102").iterdir())


async def test_heard_deleted_and_forwarded(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    first, second = await left(store, 1), await left(store, 2)
    store.mark_heard(first)
    store.forward(first, "sales", "copy")
    store.delete(second)
    await store.close()
    assert (store.counts("102"), store.counts("sales")) == ((0, 1), (1, 0))
    again = reopened(tmp_path)
    assert again.messages("102") == store.messages("102")
    assert again.messages("sales") == store.messages("sales")
    assert read(again.sound(again.messages("sales")[0])).seconds == pytest.approx(first.seconds, abs=0.01)
    store.mark_heard(second)
    store.delete(second)
    assert store.counts("102") == (0, 1), "what is gone stays gone"


@pytest.mark.parametrize("at", ["recording", "renamed"])
def test_what_a_crash_leaves_is_a_message(tmp_path: Path, at: str) -> None:
    folder = MessageStore(tmp_path).folder("102")
    folder.mkdir(parents=True)
    one = message()
    (folder / f"{one.id}.begun").write_bytes(to_json(one))
    sounds = folder / f"{one.id}.{'part' if at == 'recording' else 'wav'}"
    speak(sounds, 3.0)
    with sounds.open("r+b") as file:  # the header is behind what has been written
        file.seek(40)
        file.write(b"\0\0\0\0")
    store = MessageStore(tmp_path)
    (kept,) = store.load(2.0, RATE)
    assert store.messages("102") == (kept,)
    assert kept.seconds == 3.0
    assert read(store.sound(kept)).seconds == 3.0
    assert {file.suffix for file in folder.iterdir()} == {".wav", ".json"}


def test_what_a_crash_leaves_is_too_short(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    folder = store.folder("102")
    folder.mkdir(parents=True)
    for nth, seconds in enumerate([0.5, 0.0]):
        one = message(nth)
        (folder / f"{one.id}.begun").write_bytes(to_json(one))
        if seconds:
            speak(folder / f"{one.id}.part", seconds)
    (folder / "lost.part").write_bytes(b"")
    (folder / "broken.begun").write_bytes(b"{")
    assert store.load(2.0, RATE) == []
    assert not list(folder.iterdir())


def test_a_damaged_message_is_passed_over(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    folder = store.folder("102")
    folder.mkdir(parents=True)
    (folder / "a.json").write_bytes(b'{"version": 2}')
    (folder / "b.json").write_bytes(to_json(message()))  # no sound
    store.load(2.0, RATE)
    assert store.messages("102") == ()


async def test_another_rate_is_brought_to_the_bridges(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    kept = await left(store)
    await store.close()
    wide = MessageStore(tmp_path)
    wide.load(2.0, 16000)
    assert read(wide.sound(kept)).rate == 16000


async def test_greeting(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    part = store.folder("102") / "greeting.part"
    part.parent.mkdir(parents=True)
    speak(part, 0.1)
    assert not await store.use_as_greeting("102", part, complete())
    assert store.greeting("102") is None
    speak(part, 2.0)
    assert await store.use_as_greeting("102", part, complete())
    assert store.greeting("102") is not None
    assert reopened(tmp_path).greeting("102") == store.greeting("102")
    speak(part, 2.0)
    assert await store.use_as_greeting("102", part, complete(), "late/night")
    at_night = store.greeting("102", "late/night")
    for one in (store, reopened(tmp_path)):
        assert at_night is not None
        assert one.greeting("102", "late/night") == one.greeting_for_callers("102", "late/night") == at_night
        assert one.greeting("102", "day") is None
        assert one.greeting_for_callers("102", "day") == one.greeting("102") != at_night
    assert at_night.parent == store.folder("102")
    store.forget_greeting("102")
    await store.close()
    assert reopened(tmp_path).greeting("102") is None
    assert reopened(tmp_path).greeting_for_callers("102", "late/night") == at_night


@pytest.mark.parametrize("box", ["102", "..", "a/b", "Büro 1", "1*"])
def test_every_box_has_a_folder_of_its_own(tmp_path: Path, box: str) -> None:
    folder = MessageStore(tmp_path).folder(box)
    assert folder.resolve().parent == tmp_path.resolve()


def test_a_message_in_words_and_back() -> None:
    assert from_json(to_json(message())) == message()
    for data in (b"[]", b'{"version": 1}', to_json(message()).replace(b"1001.0", b'"x"'), b"\xff"):
        with pytest.raises(ValueError, match=r".+"):
            from_json(data)


def test_silence_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    speak(path, 1.0, 2.0)
    assert sound.is_silent_at_the_end(path, 1.9)
    assert not sound.is_silent_at_the_end(path, 2.5)
    assert not sound.is_silent_at_the_end(path, 60.0), "it is not that long"
    assert sound.seconds_of(path) == 3.0


def test_drafts_know_their_place(tmp_path: Path) -> None:
    assert Draft(message(), tmp_path / "x.part").part.with_suffix(".begun").name == "x.begun"
