"""MOS by the E-model: points that ITU-T G.107 and G.113 name."""

import pytest

from softswitch.records.quality import mos, rating


def test_the_best_call_there_is() -> None:
    assert rating("PCMA", 0.0) == 93.2
    assert mos("PCMA", 0.0) == pytest.approx(4.41, abs=0.005)  # G.107 annex B: R 93.2


@pytest.mark.parametrize(("r", "score"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_the_scale(r: float, score: float) -> None:
    # G.107 table B.1. R = 93.2 - 95 p / (p + 25.1), solved for the loss p in percent.
    missing = 93.2 - r
    percent = missing * 25.1 / (95 - missing)
    assert mos("PCMU", percent / 100) == pytest.approx(score, abs=0.01)


def test_delay_counts_beyond_a_tenth_of_a_second() -> None:
    assert rating("PCMA", 0.0, round_trip_ms=150) == 93.2
    # 400 ms from mouth to ear: Idd of G.107 (7-27) with X = 2.
    assert rating("PCMA", 0.0, round_trip_ms=2 * 380) == pytest.approx(93.2 - 24.07, abs=0.01)


def test_it_never_leaves_the_scale() -> None:
    assert mos("PCMA", 1.0, 500, 5000) == 1.0
    assert mos("GSM", 0.0) < mos("PCMA", 0.0)
    assert 1.0 <= mos("unheard-of", 7.0, -1, -1) <= 4.5
