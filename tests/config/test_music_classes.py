"""The section `music`: what it may say, and what is wrong with it, told at its place."""

from pathlib import Path

import pytest
import soundfile

from media.tones import silence, sine
from softswitch.config import DialplanError, compare, load
from softswitch.config.dialplan import Dialplan
from softswitch.config.music import LONGEST, SOUND_FILES
from softswitch.config.music import MusicClass as Music

HOUSE = """\
domain: office.example
extensions:
  101: {password: k7mp-x3wq, music: jazz}
  102: {password: k7mp-x3wq}
  103: {password: k7mp-x3wq}
departments:
  sales: {number: 200, members: [102, 101], music: quiet}
conferences:
  600: {music: jazz}
music:
"""


def read(folder: Path, music: str, house: str = HOUSE) -> Dialplan:
    file = folder / "office.yaml"
    file.write_text(house + music)
    return load(file)


def problems(folder: Path, music: str, house: str = HOUSE) -> list[str]:
    with pytest.raises(DialplanError) as error:
        read(folder, music, house)
    return [str(one).partition("office.yaml:")[2] for one in error.value.problems]


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """A folder with two files of sound in it, and one of each where the dialplan is."""
    (tmp_path / "jazz").mkdir()
    for name in ("jazz/b.flac", "jazz/a.ogg", "one.wav"):
        soundfile.write(tmp_path / name, sine(440, 0.5, 8000), 8000)
    return tmp_path


def test_one_file_a_folder_a_list_and_texts(sounds: Path) -> None:
    dialplan = read(
        sounds,
        "  default: {files: one.wav, level: -25}\n"
        "  jazz: {files: [jazz, one.wav], order: shuffled, news: [We are open., one.wav], every: 90s}\n"
        "  quiet: {news: Please wait., language: ru}\n",
    )
    assert dialplan.music["default"].files == (sounds / "one.wav",)
    assert dialplan.music["default"].level == -25
    jazz = dialplan.music["jazz"]
    assert jazz.files == (sounds / "jazz", sounds / "one.wav")
    assert jazz.news == ("We are open.", sounds / "one.wav")
    assert (jazz.order, jazz.every) == ("shuffled", 90)
    assert dialplan.music["quiet"].files == ()
    assert dialplan.music["quiet"].news == ("Please wait.",)
    assert dialplan.warnings == ()


def test_whose_music_is_heard(sounds: Path) -> None:
    dialplan = read(sounds, "  jazz: {}\n  quiet: {}\n")
    heard = {
        number: dialplan.music_of(number) for number in ("101", "102", "103", "200", "sales", "600", "9")
    }
    assert heard == {
        "101": "jazz", "102": "quiet", "103": "default", "200": "quiet", "sales": "quiet", "600": "jazz",
        "9": "default",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("music", "said"),
    [
        ("files: none.wav", "music.jazz.files: there is no file"),
        ("files: empty", "music.jazz.files: there is no sound file in"),
        ("files: noise.mp3", "is not readable as sound"),
        ("files: bad", "is not readable as sound"),
        ("files: [1]", "this is not a file's name"),
        ("news: spring.mp3", "music.jazz.news: there is no file"),
        ("news: jazz.wav", "music.jazz.news: there is no file"),
        ("news: ['']", "this cannot be spoken"),
        ("order: shuffeld", "did you mean 'shuffled'?"),
        ("every: 1s", "write 5s to 1h"),
        ("level: 0", "write -10 or less"),
        ("key: jazz", "the key is the key above, jazz"),
        ("file: one.wav", "did you mean 'files'?"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(music: str, said: str, sounds: Path) -> None:
    (sounds / "empty").mkdir()
    (sounds / "empty" / "cover.jpg").write_text("")
    (sounds / "noise.mp3").write_text("no sound")
    (sounds / "bad").mkdir()
    (sounds / "bad" / "noise.wav").write_text("no sound")
    (problem,) = problems(sounds, f"  quiet: {{}}\n  jazz: {{{music}}}\n")
    assert problem.startswith("12:")
    assert said in problem


def test_names_that_stand_nowhere(sounds: Path) -> None:
    assert problems(sounds, "  jaz: {}\n  quiet: {}\n") == [
        "3:37: extensions.101.music: there is no music of this name: 'jazz'; did you mean 'jaz'?",
        "9:16: conferences.600.music: there is no music of this name: 'jazz'; did you mean 'jaz'?",
    ]
    (problem,) = problems(
        sounds, "  x: {}\n", "domain: a\nextensions: {101: {password: k7mp-x3wq, music: y}}\nmusic:\n"
    )
    assert problem.endswith("known are default, x")


def test_more_music_than_is_heard_is_a_warning(sounds: Path) -> None:
    soundfile.write(sounds / "long.flac", silence(LONGEST + 90, 100), 100)
    (warning,) = read(sounds, "  quiet: {}\n  jazz: {files: long.flac}\n").warnings
    assert "of these 32 minutes only the first 30 are played" in str(warning)
    (warning,) = read(sounds, "  quiet: {}\n  jazz: {every: 60s}\n").warnings
    assert "there are no news to be heard" in str(warning)


def test_changes_are_told(sounds: Path) -> None:
    before = read(sounds, "  quiet: {}\n  jazz: {files: one.wav}\n")
    after = read(sounds, "  quiet: {}\n  jazz: {files: jazz, news: We are open.}\n")
    assert compare(before, after).sentences == (
        f"Music jazz: files changes from {sounds}/one.wav to {sounds}/jazz.",
        "Music jazz: news is now We are open..",
    )
    assert not compare(after, after).needs_restart


def test_the_two_rooms_agree_on_what_a_sound_file_is() -> None:
    from media import files, playlist

    assert SOUND_FILES == files.FORMATS
    assert LONGEST == playlist.LONGEST
    assert Music(key="x").level == playlist.Playlist().dbfs
