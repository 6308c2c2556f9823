"""Every key with one wrong letter is recognised."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import DialplanError, load_text
from softswitch.config.dialplan import Dialplan
from softswitch.config.names import nearest
from softswitch.config.problems import KeyPath
from softswitch.config.section import sections_of
from softswitch.config.tables import KEY_FIELDS

FILE = Path("office.yaml")


ENTRY = {table: {"extensions": "101", "conferences": "800"}.get(table, "some") for table in KEY_FIELDS}


def all_keys() -> list[KeyPath]:
    """Every path of a dialplan, with one entry in each table."""
    paths: list[KeyPath] = [(name,) for name in Dialplan.model_fields]
    for name, model in sections_of(Dialplan).items():
        if name == "numbers":
            continue  # an unknown key there is the name of a mode
        parent: KeyPath = (name, ENTRY[name]) if name in ENTRY else (name,)
        paths += [(*parent, key) for key in model.model_fields if key != KEY_FIELDS.get(name)]
    return [*paths, ("extensions", "101", "password", "env"), ("extensions", "101", "password", "file")]


@st.composite
def slips(draw: st.DrawFn) -> tuple[KeyPath, str]:
    """A key, and the same key as a hurried hand writes it."""
    path = draw(st.sampled_from(all_keys()))
    key = str(path[-1])
    at = draw(st.integers(0, len(key) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    wrong = draw(
        st.sampled_from(
            [
                key[:at] + letter + key[at + 1 :],
                key[:at] + letter + key[at:],
                key[:at] + key[at + 1 :],
                key[:at] + key[at : at + 2][::-1] + key[at + 2 :],
            ]
        )
    )
    return path, wrong


def nested(path: KeyPath) -> str:
    """YAML with one value at this path, and what a dialplan needs besides."""
    text = "1"
    for part in reversed(path):
        text = f"{{{part}: {text}}}"
    return text


@given(slips())
def test_one_wrong_letter_is_told_with_the_right_key(slip: tuple[KeyPath, str]) -> None:
    path, wrong = slip
    siblings = {str(other[-1]) for other in all_keys() if other[:-1] == path[:-1]}
    if wrong in siblings or wrong in ("number", "key"):
        return
    with pytest.raises(DialplanError) as caught:
        load_text(nested((*path[:-1], wrong)), FILE, {})
    told = [problem for problem in caught.value.problems if problem.message == f"unknown key {wrong!r}"]
    assert len(told) == 1
    assert f"{path[-1]!r}" in told[0].remedy
    assert told[0].remedy.startswith("did you mean")


@pytest.mark.parametrize(
    ("word", "names", "found"),
    [
        ("rtl", ("rtp", "tls"), ("rtp",)),
        ("Domain", ("domain", "realm"), ("domain",)),
        ("mix", ("min", "max"), ("min", "max")),
        ("zebra", ("domain", "realm"), ()),
        ("x", (), ()),
    ],
)
def test_nearest(word: str, names: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert set(nearest(word, names)) == set(found)
