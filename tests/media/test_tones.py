"""Tones, DTMF and loudness."""

import numpy as np
import pytest

from media import dtmf, level, tones
from media.spectrum import frequencies_in, silences, tone_level


def test_a_sine_has_the_asked_level_and_frequency() -> None:
    sound = tones.sine(1000, 0.5, 8000, dbfs=-20)
    assert level.rms_dbfs(sound) == pytest.approx(-20, abs=0.01)
    assert np.argmax(np.abs(np.fft.rfft(sound))) * 2 == 1000


def test_full_scale_sine_is_three_below_a_full_scale_square() -> None:
    assert level.rms_dbfs(np.sin(np.arange(8000) * 2 * np.pi / 80)) == pytest.approx(-3.01, abs=0.01)


def test_tones_sounding_together_share_the_level() -> None:
    sound = tones.tone((440, 480), 1.0, 8000, dbfs=-10)
    assert level.rms_dbfs(sound) == pytest.approx(-10, abs=0.05)
    assert tone_level(sound, 8000, 440) == pytest.approx(-13.01, abs=0.1)


@pytest.mark.parametrize("frequency", [0, -5, 4000, 5000])
def test_a_frequency_that_does_not_fit_is_refused(frequency: float) -> None:
    with pytest.raises(ValueError, match="stay below 4000 Hz"):
        tones.sine(frequency, 1, 8000)


@pytest.mark.parametrize(("seconds", "rate"), [(-1, 8000), (1, 0)])
def test_impossible_lengths_are_refused(seconds: float, rate: int) -> None:
    with pytest.raises(ValueError, match="give"):
        tones.silence(seconds, rate)


def test_german_ringback_sounds_one_second_in_five() -> None:
    sound = tones.progress("ringback", "de").samples(10, 8000)
    assert [(s.start, s.end) for s in silences(sound, 8000)] == [(1.0, 5.0), (6.0, 10.0)]
    assert frequencies_in(sound, 8000, [350, 425, 480]) == {425}


def test_american_busy_has_both_frequencies() -> None:
    assert frequencies_in(tones.progress("busy", "US").samples(2, 8000), 8000, [425, 480, 620]) == {480, 620}


def test_an_unknown_country_gets_the_recommended_tones() -> None:
    assert tones.progress("congestion", "XX") == tones.PLANS[tones.RECOMMENDED]["congestion"]


@pytest.mark.parametrize("country", tones.PLANS)
@pytest.mark.parametrize("kind", ["dial", "ringback", "busy", "congestion"])
def test_every_cadence_keeps_to_the_limits_of_e180(country: str, kind: tones.ProgressTone) -> None:
    cadence = tones.progress(kind, country)
    assert all(300 <= frequency <= 620 for frequency in cadence.frequencies)
    assert len(cadence.pattern) % 2 == 0
    assert (cadence.pattern == ()) == (kind == "dial")
    assert cadence.period == pytest.approx(sum(cadence.pattern) or 1.0)


def test_dtmf_digits_have_their_pairs_in_their_order() -> None:
    sound = dtmf.generate("19#", 8000, on=0.1, off=0.1)
    assert len(sound) == 4800
    everything = [*dtmf.LOW, *dtmf.HIGH]
    for index, digit in enumerate("19#"):
        part = sound[index * 1600 : index * 1600 + 800]
        strongest = sorted(everything, key=lambda f: tone_level(part, 8000, f))[-2:]
        assert set(strongest) == set(dtmf.FREQUENCIES[digit])
        assert level.rms_dbfs(sound[index * 1600 + 800 : (index + 1) * 1600]) == level.SILENT


def test_a_key_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'X' is no DTMF key"):
        dtmf.generate("1x", 8000)


def test_normalise_meets_the_level_and_never_clips() -> None:
    assert level.rms_dbfs(level.normalise(tones.sine(440, 1, 8000, -40), -20)) == pytest.approx(-20)
    loud = level.normalise(tones.sine(440, 1, 8000, -40), 0)
    assert np.max(np.abs(loud)) < 1.0
    assert level.rms_dbfs(loud) == pytest.approx(-3.01, abs=0.05)
    assert not np.any(level.normalise(tones.silence(1, 8000), -20))


def test_level_of_nothing_is_silence() -> None:
    assert level.rms_dbfs(np.zeros(0)) == level.SILENT
    assert level.to_dbfs(level.to_amplitude(-33.0)) == pytest.approx(-33.0)
