"""What a door phone's section may say."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text

HEAD = "domain: office.example\nextensions:\n  190: {password: k7mp-x3wq-9fht, door: "


def test_digits_need_no_quotes() -> None:
    door = load_text(HEAD + "{code: 0471, key: 9}}", Path("/nowhere/office.yaml"), {}).extensions["190"].door
    assert door is not None
    assert (door.code, door.key, door.send) == ("0471", "9", "rfc4733")


@pytest.mark.parametrize(
    ("door", "where"),
    [("{code: 47x}", "code"), ("{}", "code"), ("{code: 47, key: 55}", "key"), ("{code: 47, by: sip}", "by")],
)
def test_mistakes_are_named(door: str, where: str) -> None:
    with pytest.raises(DialplanError) as caught:
        load_text(HEAD + door + "}", Path("/nowhere/office.yaml"), {})
    assert [one.path for one in caught.value.problems] == [f"extensions.190.door.{where}"]
