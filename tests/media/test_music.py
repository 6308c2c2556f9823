"""The built-in music on hold."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.level import rms_dbfs
from media.music import SECONDS, music, write_music
from media.spectrum import silences


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_piece_is_long_level_and_never_silent(rate: int) -> None:
    piece = music(rate)
    assert len(piece) == SECONDS * rate
    assert SECONDS >= 30
    assert rms_dbfs(piece) == pytest.approx(-20, abs=0.1)
    assert np.max(np.abs(piece)) < 0.9
    assert silences(piece, rate, floor=-45, shortest=0.1) == []


def test_the_loop_has_no_seam() -> None:
    piece = music(8000)
    steps = np.abs(np.diff(np.concatenate((piece, piece[:8000]))))
    at_the_seam = steps[len(piece) - 40 : len(piece) + 40]
    # Every beat begins with a pluck; the first one must not be rougher than the others.
    assert np.max(at_the_seam) <= np.percentile(steps, 99.9)


def test_the_same_piece_every_time() -> None:
    first = music(8000).copy()
    music.cache_clear()
    assert np.array_equal(first, music(8000))


def test_both_rates_are_the_same_piece() -> None:
    low, high = music(8000), music(16000)[::2]
    assert np.corrcoef(low, high)[0, 1] > 0.99


def test_the_file_is_16_bit_mono(tmp_path: Path) -> None:
    write_music(tmp_path / "moh.wav", 16000)
    info = soundfile.info(tmp_path / "moh.wav")
    assert (info.format, info.subtype, info.channels, info.samplerate) == ("WAV", "PCM_16", 1, 16000)


def test_other_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="use 8000 or 16000"):
        music(44100)
