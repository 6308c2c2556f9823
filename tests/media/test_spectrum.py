"""The judge of all audio tests is judged itself: with noise, codecs, leaks and breaks."""

import numpy as np
import pytest

from media.level import normalise
from media.music import music
from media.samples import Samples
from media.spectrum import frequencies_in, glitches, likeness, silences, tone_level, tones_in
from media.tones import silence, sine

RATE = 8000
CANDIDATES = [350.0, 440.0, 600.0, 1000.0, 1350.0]


def through_mu_law(samples: Samples) -> Samples:
    """The companding of G.711 µ-law with its 8 bits, as the continuous curve."""
    squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    coarse = np.round(squeezed * 127) / 127
    return np.sign(coarse) * np.expm1(np.abs(coarse) * np.log(256)) / 255


def noise(seconds: float, dbfs: float) -> Samples:
    return normalise(np.random.default_rng(7).standard_normal(int(seconds * RATE)), dbfs)


def test_tones_are_heard_when_they_sound() -> None:
    sound = np.concatenate((sine(440, 1, RATE), silence(1, RATE), sine(1000, 1, RATE)))
    first, second = tones_in(through_mu_law(sound), RATE, CANDIDATES)
    assert (first.frequency, second.frequency) == (440, 1000)
    assert (first.start, first.end) == pytest.approx((0, 1), abs=0.1)
    assert (second.start, second.end) == pytest.approx((2, 3), abs=0.1)
    assert first.dbfs == pytest.approx(-20, abs=1)
    assert second.seconds == pytest.approx(1, abs=0.2)


def test_two_at_once_are_both_heard() -> None:
    sound = through_mu_law(sine(440, 1, RATE) + sine(1350, 1, RATE, -30))
    assert frequencies_in(sound, RATE, CANDIDATES) == {440, 1350}


def test_codec_noise_is_nobody() -> None:
    assert frequencies_in(through_mu_law(sine(440, 3, RATE)), RATE, CANDIDATES) == {440}


def test_noise_alone_is_nobody() -> None:
    assert tones_in(noise(3, -50), RATE, CANDIDATES) == []


def test_a_tone_in_loud_noise_is_heard() -> None:
    sound = sine(600, 2, RATE, -20) + noise(2, -25)
    assert frequencies_in(sound, RATE, [600]) == {600}


def test_a_leak_is_found_when_asked_for_more_sharply() -> None:
    sound = sine(440, 2, RATE) + sine(1000, 2, RATE, -60)
    assert frequencies_in(sound, RATE, CANDIDATES) == {440}
    sharp = tones_in(sound, RATE, CANDIDATES, floor=-65, below_strongest=50)
    assert {heard.frequency for heard in sharp} == {440, 1000}


def test_short_sounds_and_nothing_are_heard_as_nothing() -> None:
    assert tones_in(sine(440, 0.05, RATE), RATE, CANDIDATES) == []
    assert tones_in(silence(1, RATE), RATE, CANDIDATES) == []


def test_tone_level_is_exact() -> None:
    sound = sine(440, 1, RATE, -17) + sine(1000, 1, RATE, -50)
    assert tone_level(sound, RATE, 440) == pytest.approx(-17, abs=0.05)
    assert tone_level(sound, RATE, 1000) == pytest.approx(-50, abs=0.1)
    assert tone_level(sound, RATE, 600) < -90


def test_silences_are_found_with_their_times() -> None:
    sound = np.concatenate(
        (sine(440, 0.5, RATE), silence(0.1, RATE), sine(440, 0.5, RATE), silence(0.2, RATE))
    )
    assert [(s.start, s.end) for s in silences(sound, RATE)] == [(0.5, 0.6), (1.1, 1.3)]
    assert silences(sound, RATE, shortest=0.3) == []


def test_a_clean_tone_has_no_glitch() -> None:
    assert glitches(through_mu_law(sine(440, 3, RATE)), RATE, 440) == []


def test_a_slightly_wrong_clock_is_no_glitch() -> None:
    assert glitches(sine(441, 3, RATE), RATE, 440) == []


def test_a_lost_packet_is_a_glitch_at_its_time() -> None:
    sound = sine(430, 2, RATE)  # 20 ms hold 8.6 periods, so a packet's loss turns the phase
    cut = np.concatenate((sound[:8000], sound[8160:]))
    assert glitches(cut, RATE, 430) == [pytest.approx(1.0, abs=0.015)]


def test_a_dropout_is_a_glitch() -> None:
    sound = sine(440, 2, RATE)
    sound[8000:8160] = 0
    assert glitches(sound, RATE, 440)[0] == pytest.approx(1.0, abs=0.015)


def test_music_is_recognised_anywhere_in_its_loop() -> None:
    piece = music(RATE)
    around_the_seam = np.concatenate((piece[-6000:], piece[:6000]))
    assert likeness(through_mu_law(0.5 * around_the_seam), piece) > 0.98


def test_a_tone_silence_and_noise_are_not_music() -> None:
    piece = music(RATE)
    assert likeness(sine(440, 2, RATE), piece) < 0.6
    assert likeness(noise(2, -20), piece) < 0.2
    assert likeness(silence(2, RATE), piece) == 0.0
    assert likeness(np.zeros(0), piece) == 0.0
