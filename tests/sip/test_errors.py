"""PJSIP's numbers become our exceptions in one place."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.errors import (
    BadAddress,
    EngineFailure,
    IllegalTransition,
    LegEnded,
    OutOfResources,
    SipError,
    error_for,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (70007, OutOfResources),  # PJ_ENOMEM
        (70010, OutOfResources),  # PJ_ETOOMANY
        (120000 + errno.EMFILE, OutOfResources),
        (120000 + errno.EADDRINUSE, OutOfResources),
        (70004, LegEnded),  # PJ_EINVAL
        (171140, LegEnded),  # PJSIP_ESESSIONTERMINATED
        (171039, BadAddress),  # PJSIP_EINVALIDURI
        (120000 + errno.ECONNREFUSED, EngineFailure),
        (1, EngineFailure),
    ],
)
def test_kinds(status: int, kind: type[SipError]) -> None:
    assert type(error_for("do it", status, "no")) is kind


@given(st.integers(1, 200_000), st.text(max_size=20))
def test_every_status_is_an_error_that_says_what_and_why(status: int, text: str) -> None:
    error = error_for("call 102", status, text)
    assert isinstance(error, SipError)
    assert str(error).startswith(f"call 102: {text}")
    if isinstance(error, EngineFailure):
        assert error.status == status
        assert str(status) in str(error)


def test_call_control_can_catch_all_of_them() -> None:
    assert issubclass(OutOfResources, EngineFailure)
    assert issubclass(BadAddress, EngineFailure)
    assert all(issubclass(kind, SipError) for kind in (EngineFailure, LegEnded, IllegalTransition))
