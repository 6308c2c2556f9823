"""Two recordings become one file with two channels."""

from pathlib import Path

import pytest
import soundfile

from media.spectrum import frequencies_in
from media.stereo import Format, merge
from media.tones import sine
from media.wav import write


@pytest.mark.parametrize("kind", ["flac", "ogg", "wav"])
def test_the_shorter_one_ends_in_silence(tmp_path: Path, kind: Format) -> None:
    write(tmp_path / "l", sine(500, 12.0, 8000), 8000)
    write(tmp_path / "r", sine(900, 1.0, 8000), 8000)
    target = tmp_path / f"x.{kind}"
    assert merge(tmp_path / "l", tmp_path / "r", target, 8000, kind) == 12.0
    sound, rate = soundfile.read(target)
    assert (rate, sound.shape) == (8000, (96000, 2))
    assert frequencies_in(sound[-4000:, 0], rate, [500, 900]) == {500}
    assert frequencies_in(sound[:4000, 1], rate, [500, 900]) == {900}
    assert abs(sound[16000:, 1]).max() < 0.001
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l", "r", target.name]


def test_one_is_missing(tmp_path: Path) -> None:
    write(tmp_path / "r", sine(900, 1.0, 8000), 8000)
    assert merge(tmp_path / "l", tmp_path / "r", tmp_path / "x.flac", 8000, "flac") == 1.0


def test_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"x\.flac"):
        merge(tmp_path / "l", tmp_path / "r", tmp_path / "none" / "x.flac", 8000, "flac")
