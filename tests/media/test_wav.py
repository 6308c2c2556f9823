"""Sound files of every kind become what the engine's player takes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media import wav
from media.level import rms_dbfs
from media.samples import from_pcm16, to_pcm16
from media.spectrum import glitches, tone_level
from media.tones import sine


def chunk_format(path: Path) -> tuple[bytes, int]:
    """The form type and wFormatTag of a RIFF file whose first chunk is `fmt `."""
    head = path.read_bytes()[:22]
    assert head[12:16] == b"fmt "
    return head[8:12], int.from_bytes(head[20:22], "little")


@pytest.mark.parametrize(
    ("suffix", "subtype", "rate", "channels"),
    [
        ("wav", "PCM_24", 44100, 2),
        ("wav", "FLOAT", 48000, 1),
        ("wav", "PCM_U8", 11025, 1),
        ("wav", "ULAW", 8000, 1),
        ("wav", "GSM610", 8000, 1),
        ("flac", "PCM_16", 22050, 2),
        ("ogg", "VORBIS", 44100, 2),
        ("aiff", "PCM_16", 32000, 1),
        ("mp3", None, 44100, 1),
    ],
)
@pytest.mark.parametrize("wanted", [8000, 16000])
def test_any_format_becomes_plain_pcm(
    tmp_path: Path, suffix: str, subtype: str | None, rate: int, channels: int, wanted: int
) -> None:
    source, target = tmp_path / f"in.{suffix}", tmp_path / "out.wav"
    tone = sine(600, 1.0, rate)
    soundfile.write(source, np.column_stack([tone] * channels), rate, subtype=subtype)
    wav.convert(source, target, wanted)
    assert chunk_format(target) == (b"WAVE", 1)
    info = soundfile.info(target)
    assert (info.subtype, info.channels, info.samplerate) == ("PCM_16", 1, wanted)
    assert info.duration == pytest.approx(1.0, abs=0.05)
    samples = wav.read(target).samples[wanted // 10 : -wanted // 10]
    assert tone_level(samples, wanted, 600) == pytest.approx(-20, abs=0.5)


def test_convert_can_set_the_level(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.wav", sine(440, 1, 8000, -50), 8000)
    wav.convert(tmp_path / "quiet.wav", tmp_path / "out.wav", 8000, dbfs=-20)
    sound = wav.read(tmp_path / "out.wav")
    assert rms_dbfs(wav.read(tmp_path / "out.wav").samples) == pytest.approx(-20, abs=0.05)
    assert sound.seconds == 1.0


def test_a_rate_that_the_bridge_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="use 8000 or 16000"):
        wav.convert(tmp_path / "a.wav", tmp_path / "b.wav", 44100)


@pytest.mark.parametrize(("rate", "wanted"), [(48000, 8000), (44100, 8000), (8000, 16000), (16000, 8000)])
def test_resampling_keeps_the_tone_whole(rate: int, wanted: int) -> None:
    sound = wav.resample(sine(1000, 2, rate), rate, wanted)
    assert len(sound) == 2 * wanted
    middle = sound[wanted // 4 : -wanted // 4]
    assert rms_dbfs(middle) == pytest.approx(-20, abs=0.05)
    assert glitches(middle, wanted, 1000) == []
    rest = middle - wav.resample(sine(1000, 2, wanted), wanted, wanted)[wanted // 4 : -wanted // 4]
    assert rms_dbfs(rest) < -75


def test_resampling_lets_no_alias_through() -> None:
    assert rms_dbfs(wav.resample(sine(5000, 1, 16000), 16000, 8000)[800:-800]) < -75


def test_samples_survive_the_way_to_integers_and_back() -> None:
    sound = sine(440, 0.1, 8000)
    assert np.max(np.abs(from_pcm16(to_pcm16(sound)) - sound)) <= 0.5 / 32768
    assert to_pcm16(np.array([-2.0, 2.0])).tolist() == [-32768, 32767]


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        wav.AudioFileError, match=r"nothing\.wav: there is no such file; give the path"
    ) as caught:
        wav.read(tmp_path / "nothing.wav")
    assert caught.value.path == tmp_path / "nothing.wav"


def test_text_is_not_taken_for_sound(tmp_path: Path) -> None:
    (tmp_path / "moh.wav").write_text("la la la")
    with pytest.raises(wav.AudioFileError, match=r"not readable as sound.*save it as WAV"):
        wav.read(tmp_path / "moh.wav")


def test_less_than_a_frame_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "click.wav", np.ones(100) * 0.1, 8000)
    with pytest.raises(wav.AudioFileError, match=r"holds 0\.013 s of sound"):
        wav.read(tmp_path / "click.wav")


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "nan.wav", np.full(8000, np.nan), 8000, subtype="FLOAT")
    with pytest.raises(wav.AudioFileError, match="no numbers"):
        wav.read(tmp_path / "nan.wav")


def test_a_folder_that_is_missing_is_an_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(wav.AudioFileError, match="cannot be written"):
        wav.write(tmp_path / "no" / "out.wav", sine(440, 1, 8000), 8000)
    assert list(tmp_path.iterdir()) == []


def test_writing_leaves_only_the_file(tmp_path: Path) -> None:
    wav.write(tmp_path / "out.wav", sine(440, 1, 8000), 8000)
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]
