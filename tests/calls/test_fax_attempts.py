"""What becomes of a fax after an attempt to send it."""

import pytest

from softswitch.calls.fax_sending import Attempt, after
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import Fax

PLACE = FaxPlace(key="office", attempts=2, retry_after="5m")  # type: ignore[arg-type]
FAX = Fax("1-a-1", "office", "waiting", 100.0, "+4930999", "", pages=3)


def attempt(outcome: str = "", may_try_again: bool = True) -> Attempt:
    return Attempt("a-2", 1, "+49 30 999", 9600, True, outcome, may_try_again)


def test_sent() -> None:
    fax = after(FAX, attempt(), PLACE, 200.0)
    assert (fax.state, fax.tries, fax.ended_at, fax.outcome) == ("sent", 1, 200.0, "")
    assert (fax.call, fax.station, fax.speed, fax.corrected, fax.pages) == (
        "a-2",
        "+49 30 999",
        9600,
        True,
        3,
    )


@pytest.mark.parametrize("may_try_again", [True, False])
def test_tried_again_as_often_as_wanted(may_try_again: bool) -> None:
    first = after(FAX, attempt("busy", may_try_again), PLACE, 200.0)
    if not may_try_again:
        assert (first.state, first.ended_at) == ("failed", 200.0)
        return
    assert (first.state, first.due, first.ended_at, first.outcome) == ("waiting", 500.0, 0.0, "busy")
    second = after(first, attempt("silence"), PLACE, 600.0)
    assert (second.state, second.tries, second.outcome) == ("failed", 2, "silence")
