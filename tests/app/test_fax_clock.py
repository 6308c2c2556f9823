"""The clock of the line above a fax's pages, as POSIX writes it."""

from datetime import timedelta, timezone

import pytest

from softswitch.app.fax_outbox import posix_zone


@pytest.mark.parametrize(
    ("hours", "written"),
    [(0, "LOC0:00"), (1, "LOC-1:00"), (5.5, "LOC-5:30"), (-3, "LOC3:00"), (-9.5, "LOC9:30")],
)
def test_west_is_plus(hours: float, written: str) -> None:
    assert posix_zone(timezone(timedelta(hours=hours))) == written
