"""Keys found in sound: every one, at any rate, level and twist of telephones, and none in anything else."""

import numpy as np
import pytest

from media.dtmf import FREQUENCIES, Detector, generate
from media.music import music
from media.samples import Samples
from media.speech import speak
from media.tones import silence, sine, tone
from media.voices import Voice
from media.wav import resample

ALL = "1234567890*#ABCD"


def found(samples: Samples, rate: int = 8000, piece: int = 4096) -> str:
    detector = Detector(rate)
    return "".join(detector.feed(samples[at : at + piece]) for at in range(0, len(samples), piece))


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("piece", [80, 1000, 4096])
def test_every_key_once(rate: int, piece: int) -> None:
    assert found(generate(ALL, rate, on=0.07, off=0.07), rate, piece) == ALL


@pytest.mark.parametrize("on", [0.05, 0.1, 1.5])
@pytest.mark.parametrize("dbfs", [-6, -13, -30])
def test_short_long_soft_and_loud(on: float, dbfs: float) -> None:
    assert found(generate("44*4", 8000, on=on, off=0.06, dbfs=dbfs)) == "44*4"


def test_one_tone_may_be_louder_and_there_may_be_noise() -> None:
    low, high = FREQUENCIES["7"]
    noise = np.random.default_rng(1).normal(0, 0.004, 1600)
    twisted = sine(low, 0.2, 8000, -12) + sine(high, 0.2, 8000, -18)
    assert found(twisted + noise) == "7"
    uneven = sine(low, 0.2, 8000, -8) + sine(high, 0.2, 8000, -24)
    assert found(uneven) == ""


def test_a_key_pressed_too_shortly_is_none() -> None:
    assert found(np.concatenate((generate("5", 8000, on=0.02), silence(0.2, 8000)))) == ""


@pytest.mark.parametrize(
    "frequencies", [(697,), (1209,), (697, 770), (440, 480), (425,), (350, 440), (1400, 2060)]
)
def test_other_tones_are_no_keys(frequencies: tuple[float, ...]) -> None:
    assert found(tone(frequencies, 2.0, 8000)) == ""


def test_speech_is_none() -> None:
    text = "Please tell me whether the green boat on the river has left for the island already. " * 3
    (spoken,) = speak([text], Voice("espeak-ng", "en-us"), 60)
    assert found(resample(spoken.samples, spoken.rate, 8000)) == ""


def test_music_and_noise_are_none() -> None:
    assert found(music(8000)[: 8000 * 20]) == ""
    assert found(np.random.default_rng(2).normal(0, 0.1, 8000 * 20)) == ""
