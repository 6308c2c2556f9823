"""libyaml and ruamel.yaml understand a text alike, wherever libyaml is trusted with it."""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softswitch.config.yaml_reader import YamlError, read_fast, read_strictly, read_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("conf/**/*.yaml"), *ROOT.glob("prompts/*.yaml")])


def _texts() -> list[str]:
    """What the repository has of YAML: examples, the pages' fragments, and the tests' good and bad files."""
    pages = (path.read_text() for path in ROOT.glob("docs/*.md"))
    fragments = [text for page in pages for text in re.findall(r"```ya?ml\n(.*?)```", page, re.DOTALL)]
    tests = (path.read_text() for path in ROOT.glob("tests/**/*.py"))
    quoted = [text for page in tests for text in re.findall(r'"""\\?\n?(.*?)"""', page, re.DOTALL)]
    return [*(path.read_text() for path in FILES), *fragments, *quoted]


TEXTS = _texts()
SIGNS = (
    *":-?,[]{}&*!|>'\"%@`#<.+=$\\_/~ a0é😀\n\r\t\x00\x85\xa0\u2028\ufeff",
    *("\n  ", "\r\n", "- a\n", "a: b\n", "\n---\n", "\n...\n", "|\n ", ">-\n  ", " #", "{a: b}", "[1, 2]"),
    *(
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "a:b",
        '"\\x41"',
        '"\\/"',
        "? a\n: b\n",
        "%YAML 1.1\n---\n",
        "''",
        "a:\n",
    ),
)


def agree(text: str) -> bool:
    """Whether libyaml was trusted with it. Fails where it reads anything else than ruamel does."""
    fast = read_fast(text)
    if fast is not None:
        assert fast == read_strictly(text), text
    return fast is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_example_is_read_fast(path: Path) -> None:
    assert agree(path.read_text())


def test_all_yaml_of_the_repository() -> None:
    assert sum(map(agree, TEXTS)) > 0.9 * len(TEXTS)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([text for text in TEXTS if 0 < len(text) < 800]), st.data())
def test_spoilt_files(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(SIGNS)) + text[at + data.draw(st.integers(0, 2)) :]
    agree(text)


def test_signs_beside_each_other() -> None:
    for signs in product(SIGNS, repeat=2):
        agree("".join(signs))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=9))
def test_signs_in_any_order(signs: list[str]) -> None:
    agree("".join(signs))


def test_what_is_wrong_is_said_by_ruamel() -> None:
    """And so with the same words and the same place as ever."""
    for text in ("a: [b", "a: b\n c: d", "a: *b", "{a: b}}", "a: 'b", "- a\nb: c", "---\na\n---\nb\n"):
        with pytest.raises(YamlError) as one:
            read_yaml(text)
        with pytest.raises(YamlError) as other:
            read_strictly(text)
        assert (one.value.position, str(one.value)) == (other.value.position, str(other.value))
