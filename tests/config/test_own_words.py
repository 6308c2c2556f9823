"""What callers are told in the operator's own words: which language, and what is wrong with it."""

from pathlib import Path

import pytest
import soundfile

from media.tones import sine
from softswitch.config import Dialplan, DialplanError, load_text
from softswitch.config.speeches import speeches_of, words_of

HEAD = "domain: a.example\nextensions: {101: {password: k7mp-x3wq}}\n"


def plan(say: str, folder: Path = Path("/nowhere"), more: str = "") -> Dialplan:
    return load_text(
        f"{HEAD}{more}announcements: {{closed: {{number: 390, say: {say}}}}}\n", folder / "office.yaml", {}
    )


def problems(say: str, more: str = "", rest: str = "") -> list[str]:
    text = f"{HEAD}{more}announcements: {{closed: {{number: 390, say: {say}{rest}}}}}\n"
    with pytest.raises(DialplanError) as caught:
        load_text(text, Path("/nowhere/office.yaml"), {})
    return [f"{one.path}: {one.message}; {one.remedy}" for one in caught.value.problems]


def test_a_text_is_in_the_language_of_the_house() -> None:
    ((path, speech),) = speeches_of(plan("We are closed."))
    assert path == ("announcements", "closed", "say")
    assert speech.choose("ru", "id") == ("id", ("We are closed.",))


@pytest.mark.parametrize(
    ("wanted", "house", "found"),
    [("ru", "en", "ru"), ("en-GB", "ru", "en"), ("de", "ru", "ru"), ("de", "fr", "en"), ("RU", "de", "ru")],
)
def test_words_by_language(wanted: str, house: str, found: str) -> None:
    ((_, speech),) = speeches_of(plan("{en: Closed., ru: Закрыто.}"))
    assert speech.choose(wanted, house)[0] == found


def test_recordings_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "closed.wav", sine(500, 0.2, 8000), 8000)
    found = plan("[closed.wav, Call again.]", tmp_path, "language: de\n")
    assert list(words_of(found)) == [("de", (tmp_path / "closed.wav", "Call again."))]
    assert problems("closed.wav")[0].startswith("announcements.closed.say: there is no file /nowhere/closed")


def test_what_is_wrong_is_told() -> None:
    assert "nothing is said" in problems("[]")[0]
    assert "nothing is said" in problems("{}")[0]
    assert "not a language" in problems("{english: Hello.}")[0]
    nowhere = problems("Hello.", rest=", then: salse", more="departments: {sales: {members: [101]}}\n")
    assert nowhere == [
        "announcements.closed.then: 'salse' is no extension, department or other place of "
        "this file; did you mean 'sales'?"
    ]
