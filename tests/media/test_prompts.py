"""Prompts: every language says all, own recordings win, nothing is made twice, and what is wrong is told."""

import fcntl
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import prompts
from media import voices
from media.earcons import EARCONS
from media.errors import SpeechError
from media.level import rms_dbfs
from media.numerals import LARGEST, cardinal, ordinal
from media.phrases import Piece, TextsError, read_texts, split
from media.prompts import NotPrepared, Prompts
from media.spectrum import frequencies_in
from media.speech import speak
from media.studio import GivenUp, Studio
from media.studio_process import call
from media.tones import sine
from media.voices import Voice, voice_for
from media.wav import Sound, read, write

RATE = 8000
LANGUAGES = ("en", "id", "ru")


def here(function: str, *arguments: Any, cancelled: threading.Event | None = None) -> Any:
    """Makes sound in this process, so that a test can put another voice into it."""
    if cancelled is not None and cancelled.is_set():
        raise GivenUp
    return call(function, arguments)


def texts(language: str) -> dict[str, str]:
    return dict(read_texts([prompts.FOLDER / f"{language}.yaml"], language).phrases)


def small(folder: Path, language: str = "en", more: str = "") -> Path:
    """A folder with few texts, so that it is prepared soon."""
    folder.mkdir(exist_ok=True)
    (folder / f"{language}.yaml").write_text(
        f'texts:\n  bye: "Goodbye."\n  line: "Line {{line:digits}}, please."\n{more}'
    )
    return folder


def test_every_language_has_every_prompt_with_the_same_slots() -> None:
    assert sorted(file.stem for file in prompts.FOLDER.glob("*.yaml")) == list(LANGUAGES)
    english = texts("en")
    for language in LANGUAGES:
        found = texts(language)
        assert found.keys() == english.keys()
        for name, phrase in found.items():
            slots = {(slot, kind) for _, slot, kind in split(phrase) if slot}
            assert slots == {(slot, kind) for _, slot, kind in split(english[name]) if slot}, name
            assert not set(name) - set("abcdefghijklmnopqrstuvwxyz-")
    assert not EARCONS.keys() & english.keys()


@pytest.mark.parametrize(
    ("language", "number", "words", "place"),
    [
        ("en", 21, "twenty-one", "twenty-first"),
        ("ru", 701, "семьсот один", "семьсот первый"),
        ("ru", 3, "три", "третий"),
        ("id", 11, "sebelas", "kesebelas"),
        ("id", 1, "satu", "pertama"),
    ],
)
def test_numbers_by_the_languages_own_rules(language: str, number: int, words: str, place: str) -> None:
    assert cardinal(number, language) == words
    assert ordinal(number, language) == place


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_numbers_that_are_not_said(number: int) -> None:
    with pytest.raises(ValueError, match="give 0 to"):
        cardinal(number, "en")


def test_a_phrase_is_put_together_from_pieces() -> None:
    russian = read_texts([prompts.FOLDER / "ru.yaml"], "ru")
    assert russian.pieces("parked", {"line": "70*"}) == [
        Piece("parked", "Звонок ждёт на линии"),
        Piece("digits/7", "семь"),
        Piece("digits/0", "ноль"),
        Piece("digits/star", "звёздочка"),
    ]
    assert russian.pieces("people-in-room", {"count": 12})[-1] == Piece("numbers/12", "двенадцать")
    assert russian.pieces("name-joined", {"name": " Анна\n Берг "})[-1] == Piece("", "Анна Берг")
    assert russian.pieces("name-joined", {"name": "…"}) == russian.pieces("name-joined", {"name": ""})
    assert [one.name for one in russian.pieces("number-blocked", {"number": "+1 (2)"})] == [
        "number-blocked", "digits/plus", "digits/1", "digits/2", "number-blocked-2",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_prepared_at_once_level_and_trimmed(language: str, tmp_path: Path) -> None:
    one = Prompts(tmp_path, RATE, [prompts.FOLDER])
    assert one.prepare([language]) == []
    for name, slots in (("parked", {"line": "701"}), ("goodbye", {}), ("people-in-room", {"count": 5})):
        files = one.files(language, name, **slots)
        assert (
            len(files)
            == {"parked": 4, "goodbye": 1, "people-in-room": 3 if language in ("en", "id") else 2}[name]
        )
        for file in files:
            sound = read(file)
            assert sound.rate == RATE
            assert rms_dbfs(sound.samples) == pytest.approx(-20, abs=3)
            assert 0.1 < sound.seconds < 6
    assert 0.3 < read(one.files(language, "goodbye")[0]).seconds < 2
    for name in EARCONS:
        (file,) = one.files(language, name)
        assert read(file).seconds < 1
    with pytest.raises(NotPrepared):
        one.files(language, "name-joined", name="Anna Berg")


def test_what_is_not_prepared_is_made_and_then_there(tmp_path: Path) -> None:
    one = Prompts(tmp_path / "cache", RATE, [prompts.FOLDER])
    with pytest.raises(NotPrepared) as lacking:
        one.files("ru-RU", "name-joined", name="Анна")
    assert lacking.value.language == "ru"
    assert one.make("ru", lacking.value.pieces, 20) == []
    assert len(one.files("ru-RU", "name-joined", name="Анна")) == 2
    again = Prompts(tmp_path / "cache", RATE, [prompts.FOLDER])
    made = {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").iterdir()}
    again.make("ru", lacking.value.pieces, 0.001)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").iterdir()} == made


def test_threads_that_want_the_same_make_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    real = speak

    def count(texts: list[str], *arguments: Any) -> object:
        spoken.extend(texts)
        return real(texts, *arguments)

    monkeypatch.setattr("media.spoken.speak", count)
    one = Prompts(tmp_path, RATE, [prompts.FOLDER], here)
    piece = [Piece("", "Анна")]
    threads = [threading.Thread(target=one.make, args=("ru", piece, 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spoken == ["Анна"]


def beeps(spoken: list[str], texts: Sequence[str]) -> list[Sound]:
    """A voice that can only beep, and notes what it was asked."""
    spoken.extend(texts)
    return [Sound(sine(440, 0.1, RATE, -20), RATE) for _ in texts]


def test_a_preparation_that_is_cut_off_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, spoken, powered = small(tmp_path / "texts"), list[str](), [True, False]

    def speaking(texts: Sequence[str], *_: object) -> list[Sound]:
        if not powered.pop(0):
            raise SpeechError("the machine was switched off", "switch it on")
        return beeps(spoken, texts)

    monkeypatch.setattr("media.spoken.speak", speaking)
    monkeypatch.setattr("media.prompts._BATCH", 3)
    (problem,) = Prompts(tmp_path / "cache", RATE, [folder], here).prepare(["en"])
    assert "switched off" in problem
    assert len(spoken) == 3
    powered += [True] * 100
    assert Prompts(tmp_path / "cache", RATE, [folder], here).prepare(["en"]) == []
    assert len(spoken) == len(set(spoken)) > 3


def test_switches_that_share_a_cache_make_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache, spoken = small(tmp_path / "texts"), tmp_path / "cache", list[str]()
    monkeypatch.setattr("media.spoken.speak", lambda texts, *_: beeps(spoken, texts))
    cache.mkdir()
    with (cache / "lock").open("w") as another:
        fcntl.flock(another, fcntl.LOCK_EX)
        given_up, waits = (Prompts(cache, RATE, [folder], here) for _ in range(2))
        threads = [threading.Thread(target=one.prepare, args=(["en"],)) for one in (given_up, waits)]
        for thread in threads:
            thread.start()
        given_up.cancel()
        threads[0].join(10)
        assert not threads[0].is_alive()
        assert threads[1].is_alive()
    threads[1].join(10)
    assert waits.files("en", "bye")
    assert len(spoken) == len(set(spoken))


def test_own_recordings_win_and_are_brought_to_rate_and_level(tmp_path: Path) -> None:
    own, cache = small(tmp_path / "own"), tmp_path / "cache"
    (own / "en" / "digits").mkdir(parents=True)
    write(own / "en" / "bye.wav", sine(700, 0.5, 44100, -40), 44100)
    write(own / "en" / "line-2.wav", sine(900, 0.5, RATE), RATE)
    write(own / "en" / "digits" / "7.wav", sine(1100, 0.5, RATE), RATE)
    one = Prompts(cache, RATE, [prompts.FOLDER, own])
    with pytest.raises(NotPrepared) as lacking:
        one.files("en", "line", line="7")
    one.make("en", [Piece("bye", "Goodbye."), *lacking.value.pieces], 60)
    (bye,) = one.files("en", "bye")
    assert frequencies_in(read(bye).samples, RATE, [700, 900, 1100]) == {700}
    assert rms_dbfs(read(bye).samples) == pytest.approx(-20, abs=0.5)
    _, seven, please = one.files("en", "line", line="7")
    assert frequencies_in(read(seven).samples, RATE, [700, 900, 1100]) == {1100}
    assert frequencies_in(read(please).samples, RATE, [700, 900, 1100]) == {900}
    rows = {row.name: row for row in one.listing("en")}
    assert rows["bye"].recordings == (own / "en" / "bye.wav",)
    assert rows["line"].text == "Line {line:digits}, please."
    assert rows["goodbye"].recordings == ()
    assert "tone-joined" in rows
    # Another recording under the same name: another file.
    write(own / "en" / "bye.wav", sine(900, 0.5, RATE), RATE)
    other = Prompts(cache, RATE, [prompts.FOLDER, own])
    other.make("en", [Piece("bye", "Goodbye.")], 60)
    assert frequencies_in(read(other.files("en", "bye")[0]).samples, RATE, [700, 900]) == {900}


def test_a_recording_that_cannot_be_used_is_told_and_the_prompt_spoken(tmp_path: Path) -> None:
    own = small(tmp_path / "own")
    (own / "en").mkdir()
    (own / "en" / "bye.wav").write_text("no sound")
    one = Prompts(tmp_path / "cache", RATE, [prompts.FOLDER, own])
    (problem,) = one.make("en", [Piece("bye", "Goodbye.")], 60)
    assert "bye.wav: not readable as sound" in problem
    assert read(one.files("en", "bye")[0]).seconds > 0.3


def test_languages_that_are_wanted_and_those_that_there_are(tmp_path: Path) -> None:
    one = Prompts(tmp_path, RATE, [prompts.FOLDER, small(tmp_path / "own", "de")])
    assert one.languages == ("de", "en", "id", "ru")
    wanted = ("ru", "ru-RU", "RU", "de-AT", "fr", "en-GB")
    assert [one.language(tag) for tag in wanted] == ["ru", "ru", "ru", "de", "en", "en"]
    with pytest.raises(NotPrepared):
        one.files("de", "goodbye")  # by English's text
    with pytest.raises(KeyError):
        one.files("en", "no-such")
    with pytest.raises(KeyError):
        one.files("en", "parked")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("texts: [a]", "texts is no mapping"),
        ("texts: {a: 1}", "texts is no mapping"),
        ("- a", "holds no texts"),
        ("texts: {", "is no YAML"),
        ("text: {a: b}", "unknown key 'text'"),
        ('texts: {A b: "x"}', "no name of a prompt"),
        ('texts: {a: "{n:digit}"}', "unknown kind 'digit'"),
        ('texts: {a: "{n}"}', "a brace without a slot"),
    ],
)
def test_texts_that_cannot_be_used(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(content)
    with pytest.raises(TextsError, match=problem) as error:
        Prompts(tmp_path / "cache", RATE, [prompts.FOLDER, tmp_path])
    assert error.value.remedy


def test_without_texts_at_all(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match="no such file"):
        Prompts(tmp_path, RATE, [tmp_path])


def test_the_voice_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert voice_for("en-GB").engine == "neural"
    assert voice_for("ru-RU") == Voice("espeak-ng", "ru")
    monkeypatch.setattr(voices, "find_spec", lambda name: None)
    assert voice_for("en") == Voice("espeak-ng", "en-us")


def test_what_cannot_be_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("...", ""):
        with pytest.raises(SpeechError, match="nothing was spoken"):
            speak([text], Voice("espeak-ng", "en-us"), 10)
    with pytest.raises(SpeechError, match="has failed"):
        speak(["hello"], Voice("espeak-ng", "zz"), 10)
    with pytest.raises(SpeechError, match="takes too long"):
        speak(["hello"], Voice("neural", "heart"), 0.01)
    (sound,) = speak(["--version"], Voice("espeak-ng", "en-us"), 10)
    assert sound.seconds > 0.3, "a text is no option"
    monkeypatch.setenv("PATH", "/no/such")
    with pytest.raises(SpeechError, match="install the package espeak-ng"):
        speak(["hello"], Voice("espeak-ng", "en-us"), 10)


def test_a_preparation_is_given_up_at_once(tmp_path: Path) -> None:
    one = Prompts(tmp_path, RATE, [prompts.FOLDER])
    problems: list[str] = []
    thread = threading.Thread(target=lambda: problems.extend(one.prepare(["en", "ru"])))
    thread.start()
    one.cancel()
    thread.join(5)
    assert not thread.is_alive()
    assert problems == [f"{language}: speaking was cancelled; ask again" for language in ("en", "ru")]


def test_a_language_that_cannot_be_spoken_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/no/such")
    one = Prompts(tmp_path, RATE, [prompts.FOLDER], Studio().run)
    (problem,) = one.prepare(["ru"])
    assert problem == "ru: there is no program espeak-ng; install the package espeak-ng"
    assert len(one.files("ru", "tone-joined")) == 1, "tones need no voice"


def test_own_words_are_texts_and_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []

    def say(wanted: list[str], *_: Any) -> list[Any]:
        spoken.extend(wanted)
        return [Sound(sine(600, 0.2, RATE), RATE) for _ in wanted]

    monkeypatch.setattr("media.spoken.speak", say)
    recording = tmp_path / "greeting.wav"
    write(recording, sine(900, 0.2, 16000), 16000)
    missing = tmp_path / "missing.wav"
    known = Prompts(tmp_path / "cache", RATE, [small(tmp_path / "texts")], here)
    words: list[tuple[str, list[Path | str]]] = [("de", ["Guten  Tag.", recording]), ("en", [missing])]
    with pytest.raises(NotPrepared):
        known.own_files("de", ["Guten Tag."])
    problems = known.prepare_own(words)
    assert len(problems) == 1
    assert str(missing) in problems[0]
    assert spoken == ["Guten Tag."]
    text, tone = known.own_files("de", ["Guten Tag.", recording])
    assert frequencies_in(read(tone).samples, RATE, [600, 900]) == {900}
    assert frequencies_in(read(text).samples, RATE, [600, 900]) == {600}
    with pytest.raises(NotPrepared):
        known.own_files("en", ["Guten Tag."])
