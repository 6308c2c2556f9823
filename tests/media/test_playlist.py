"""Playlists: any format and rate, in order or shuffled, at one level, with news between, and not too long."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media import playlist
from media.errors import AudioFileError
from media.files import files_in
from media.level import rms_dbfs
from media.music import SECONDS
from media.playlist import Playlist, Rendered, render
from media.spectrum import Heard, tones_in
from media.tones import sine
from media.wav import Sound, read

RATE = 8000
KINDS = ((8000, "wav"), (11025, "flac"), (44100, "ogg"), (48000, "mp3"))
TONES = [500, 700, 900, 1100, 1500]


def pieces(folder: Path, seconds: float = 2.0) -> list[Path]:
    """A tone in each format and rate, each at a level of its own."""
    folder.mkdir(exist_ok=True)
    found = []
    for number, (rate, kind) in enumerate(KINDS):
        found.append(folder / f"{number}.{kind}")
        soundfile.write(found[-1], sine(TONES[number], seconds, rate, -10.0 - 5 * number), rate)
    return found


def made(one: Playlist, folder: Path, chance: int = 0) -> tuple[list[Heard], Rendered, Sound]:
    target = folder / "made.wav"
    rendered = render(one, target, RATE, chance)
    sound = read(target)
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(rendered.seconds)
    heard = sorted(tones_in(sound.samples, RATE, TONES), key=lambda one: one.start)
    return [one for one in heard if one.seconds > 0.3], rendered, sound


def test_every_format_and_rate_in_order_at_one_level(tmp_path: Path) -> None:
    files = pieces(tmp_path / "music")
    heard, rendered, sound = made(Playlist(tuple(files), dbfs=-25), tmp_path)
    assert [one.frequency for one in heard] == TONES[:4]
    assert rendered == Rendered(pytest.approx(4 * 2.5, abs=0.1), False)
    for one in heard:
        inside = sound.samples[int((one.start + 0.3) * RATE) : int((one.end - 0.3) * RATE)]
        assert rms_dbfs(inside) == pytest.approx(-25, abs=0.6)


def test_a_piece_sounds_as_it_did_without_a_seam_between_blocks(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(500, 5.3, 44100, -20), 44100)
    _, _, sound = made(Playlist((tmp_path / "a.wav",)), tmp_path)
    middle, time = sound.samples[4000:36000], np.arange(32000) / RATE
    basis = np.stack([np.sin(2 * np.pi * 500 * time), np.cos(2 * np.pi * 500 * time)], axis=1)
    rest = middle - basis @ np.linalg.lstsq(basis, middle, rcond=None)[0]
    assert rms_dbfs(rest) < -70


def test_shuffled_rounds_differ_and_none_follows_itself(tmp_path: Path) -> None:
    files = tuple(pieces(tmp_path / "music", 0.6))
    one = Playlist(files, shuffled=True)
    heard, _, _ = made(one, tmp_path, 1)
    order = [tone.frequency for tone in heard]
    assert len(order) == 4 * playlist.ROUNDS
    rounds = [tuple(order[start : start + 4]) for start in range(0, len(order), 4)]
    assert all(sorted(one) == TONES[:4] for one in rounds)
    assert len(set(rounds)) > 1
    assert all(one != other for one, other in pairwise(order))
    assert [tone.frequency for tone in made(one, tmp_path, 1)[0]] == order
    assert [tone.frequency for tone in made(one, tmp_path, 2)[0]] != order


def test_news_interrupt_the_music_and_all_are_heard(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", sine(500, 4.0, RATE), RATE)
    news = (Sound(sine(1100, 0.8, 44100), 44100), Sound(sine(1500, 0.8, RATE), RATE))
    heard, _, _ = made(Playlist((tmp_path / "long.wav",), news=news, every=2.0), tmp_path)
    order = [tone.frequency for tone in heard]
    assert order[:4] == [500, 1100, 500, 1500]
    times = [tone.start for tone in heard if tone.frequency in (1100, 1500)]
    assert times[0] == pytest.approx(2.5, abs=0.2)


def test_more_rounds_where_one_is_too_short_for_the_news(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", sine(500, 1.0, RATE), RATE)
    news = (Sound(sine(1100, 0.8, RATE), RATE),)
    heard, rendered, _ = made(Playlist((tmp_path / "short.wav",), news=news, every=5.0), tmp_path)
    assert sum(tone.frequency == 1100 for tone in heard) == 1
    assert rendered.seconds > 7


def test_without_files_the_built_in_piece(tmp_path: Path) -> None:
    _, rendered, sound = made(Playlist(dbfs=-30), tmp_path)
    assert rendered == Rendered(SECONDS, False)
    assert rms_dbfs(sound.samples) == pytest.approx(-30, abs=0.1)


def test_what_is_too_long_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playlist, "LONGEST", 3.0)
    _, rendered, _ = made(Playlist(tuple(pieces(tmp_path / "music"))), tmp_path)
    assert rendered.cut
    assert 2.4 <= rendered.seconds <= 3.0


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "noise.mp3").write_text("no sound")
    soundfile.write(tmp_path / "short.wav", np.zeros(8), RATE)
    for name, problem in (
        ("noise.mp3", "not readable"),
        ("short.wav", "0.001 s"),
        ("none.wav", "not readable"),
    ):
        with pytest.raises(AudioFileError, match=problem):
            render(Playlist((tmp_path / name,)), tmp_path / "made.wav", RATE)
    soundfile.write(tmp_path / "good.wav", sine(500, 1, RATE), RATE)
    with pytest.raises(AudioFileError, match="cannot be written"):
        render(Playlist((tmp_path / "good.wav",)), tmp_path / "no" / "made.wav", RATE)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["good.wav", "noise.mp3", "short.wav"]


def test_silence_stays_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "still.wav", np.zeros(RATE), RATE)
    heard, _, _ = made(Playlist((tmp_path / "still.wav",)), tmp_path)
    assert heard == []


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    files = pieces(tmp_path / "music")
    (tmp_path / "music" / "cover.jpg").write_text("")
    (tmp_path / "music" / ".hidden.wav").write_text("")
    (tmp_path / "music" / "more.wav").mkdir()
    assert files_in(tmp_path / "music") == files
    assert files_in(files[0]) == [files[0]]
