"""The Replaces header (RFC 3891 §6.1): what names a dialog, and what names none."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.dialog_id import DialogId
from softswitch.sip.headers import MalformedMessage

WORD = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=20)


def test_the_receiver_is_us() -> None:
    found = DialogId.of_replaces("425928@phone.example.org ; to-tag=7743 ; from-tag=6472;early-only")
    assert found == DialogId("425928@phone.example.org", "7743", "6472")
    assert found.early_only
    assert str(found) == "425928@phone.example.org;to-tag=6472;from-tag=7743;early-only"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        ";to-tag=1;from-tag=2",
        "a;to-tag=1",
        "a;from-tag=1",
        "a;to-tag;from-tag=1",
        "a;to-tag=1;to-tag=2;from-tag=3",
        "a;to-tag=1;from-tag=x y",
        "a;to-tag=1;from-tag=2, b;to-tag=1;from-tag=2",
        "a b;to-tag=1;from-tag=2",
        "a,b;to-tag=1;from-tag=2",
    ],
)
def test_malformed(value: str) -> None:
    with pytest.raises(MalformedMessage):
        DialogId.of_replaces(value)


@given(WORD, WORD, WORD, st.booleans())
def test_what_we_write_is_read_by_the_other_side(call_id: str, local: str, remote: str, early: bool) -> None:
    read = DialogId.of_replaces(str(DialogId(call_id, local, remote, early)))
    assert (read.call_id, read.local_tag, read.remote_tag, read.early_only) == (call_id, remote, local, early)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(value: str) -> None:
    with contextlib.suppress(MalformedMessage):
        assert DialogId.of_replaces(value).call_id
