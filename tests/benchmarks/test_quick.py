"""The benchmarks work: each runs for seconds and finds possible figures; how good they are is not asked."""

import re
from pathlib import Path

import pytest

from benchmarks.results import Report
from benchmarks.running import NAMES, measure

# What a short run on a busy machine must show all the same: nothing failed, nothing was lost.
_CERTAIN = {
    "call_setup": ("Failed calls",),
    "register": ("Bindings held",),
    "media": ("RTP missing in what",),
    "transcode": (),
    "memory": ("Resident, idle",),
    "conference": ("Parties who hear", "Pairs of two rooms"),
    "routing": (),
    "hold": ("RTP missing at",),
    "lamps": ("Failed calls",),
    "records": (),
    "records_kill": ("Of them without", "Recorded twice"),
    "any_sequence": ("Of them without", "Of them with more", "Legs, ports", "Recordings left"),
    "reports": (),
    "commands": (),
}


def test_every_benchmark_is_tested() -> None:
    assert set(_CERTAIN) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_runs_and_finds_figures(name: str, tmp_path: Path) -> None:
    report = measure(name, tmp_path / "files", quick=True)

    assert report.name == name
    assert len(report.rows) >= 4
    for row in report.rows:
        assert re.search(r"\d|none|not reached", row.value), row
        assert "nan" not in row.value.split(), row
        assert (row.met is None) == (not row.target), row
    for what in _CERTAIN[name]:
        row = next(row for row in report.rows if row.what.startswith(what))
        assert row.met, row


def _draw(file: Path) -> None:
    file.write_bytes(b"picture")


def test_a_report_is_a_page_with_its_plot(tmp_path: Path) -> None:
    report = Report("sample", "A sample")
    report.at_most("Delay", 12.34, 50, "{:.1f} ms")
    report.at_least("Calls", 3, 5, "{:.0f}")
    report.add("Colour", "blue")
    report.note("Nothing was measured.")
    report.plot = _draw

    page = report.write(tmp_path).read_text()

    assert "| Delay | 12.3 ms | ≤ 50.0 ms | yes |" in page
    assert "| Calls | 3 | ≥ 5 | **no** |" in page
    assert "| Colour | blue |  |  |" in page
    assert "Nothing was measured." in page
    assert "- Command: `python -m benchmarks sample`" in page
    assert (tmp_path / "sample.png").read_bytes() == b"picture"
