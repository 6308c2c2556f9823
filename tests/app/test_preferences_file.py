"""What users set by code, on disk: complete files only, damaged ones set aside, a broken disk outlived."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.app import kept_file
from softswitch.app.preferences import PreferencesFile
from softswitch.routing import Preferences

TEXTS = st.text(max_size=20)
ANY = st.builds(
    Preferences,
    do_not_disturb=st.none() | st.booleans(),
    forward_always=st.none() | TEXTS,
    forward_busy=st.none() | TEXTS,
    forward_no_answer=st.none() | TEXTS,
    blocked=st.lists(TEXTS, max_size=3).map(tuple),
    reject_anonymous=st.none() | st.booleans(),
)


def again(path: Path) -> dict[str, Preferences]:
    return PreferencesFile(path).load()


def kept(path: Path, what: dict[str, Preferences]) -> None:
    file = PreferencesFile(path)
    file.start()
    file.save(what)
    assert file.close()


@given(what=st.dictionaries(st.from_regex(r"[0-9]{1,6}", fullmatch=True), ANY, max_size=4))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, what: dict[str, Preferences]
) -> None:
    path = tmp_path_factory.mktemp("state") / "preferences.json"
    kept(path, what)
    assert again(path) == what
    assert [one.name for one in path.parent.iterdir()] == ["preferences.json"]


def test_nothing_yet(tmp_path: Path) -> None:
    assert again(tmp_path / "preferences.json") == {}


@given(data=st.binary(max_size=60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("state") / "preferences.json"
    path.write_bytes(data)
    assert again(path) == {}
    assert not path.exists()
    assert path.with_name("preferences.json.broken").read_bytes() == data


def test_a_disk_that_does_not_take_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_file, "RETRY", 0.01)
    path = tmp_path / "state" / "preferences.json"  # whose folder is missing
    file = PreferencesFile(path)
    file.start()
    what = {"101": Preferences(do_not_disturb=True)}
    file.save(what)
    path.parent.mkdir()
    assert file.close()
    assert again(path) == what


def test_a_disk_that_never_takes_it(tmp_path: Path) -> None:
    file = PreferencesFile(tmp_path / "nowhere" / "preferences.json")
    file.start()
    file.save({"101": Preferences(do_not_disturb=True)})
    assert not file.close()
