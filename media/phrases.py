"""The texts of prompts by language, and the pieces that a phrase is put together from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from media.numerals import LARGEST, cardinal, ordinal

KINDS = ("digits", "number", "ordinal", "text")
PREPARED_NUMBERS = range(61)
PREPARED_ORDINALS = range(1, 11)
"""What is made beforehand; larger numbers are made when they are first said."""

_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_SPOKEN = re.compile(r"\w")
_DIGITS = "0123456789"


class TextsError(Exception):
    """A file of texts cannot be used. Carries the file, what is wrong and what to do about it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Piece:
    """What is recorded or synthesised as a whole. `name` is that of an own recording; empty: never one."""

    name: str
    text: str
    file: Path | None = None
    """A recording that is named where the words are wanted: then there is no text."""

    @property
    def said(self) -> str:
        """What it is, for messages."""
        return self.text if self.file is None else str(self.file)


def own_piece(item: Path | str) -> Piece:
    """The operator's own words: a recording, or a text of one line."""
    return Piece("", "", item) if isinstance(item, Path) else Piece("", " ".join(item.split()))


@dataclass(frozen=True, slots=True)
class Texts:
    """One language."""

    language: str
    phrases: Mapping[str, str]
    symbols: Mapping[str, str]

    def pieces(self, name: str, slots: Mapping[str, object]) -> list[Piece]:
        """What a phrase is put together from. Raises KeyError for an unknown name or a slot not given."""
        found: list[Piece] = []
        fixed = 0
        for text, slot, kind in split(self.phrases[name]):
            if slot:
                found += self._slot(kind, slots[slot])
            elif _SPOKEN.search(text):
                fixed += 1
                found.append(Piece(name if fixed == 1 else f"{name}-{fixed}", text))
        return found

    def fixed(self) -> Iterator[Piece]:
        """All that is known beforehand: the fixed parts of the phrases, digits, small numbers."""
        for name, phrase in self.phrases.items():
            slots = {slot: "" for _, slot, _ in split(phrase) if slot}
            yield from self.pieces(name, slots)
        yield from self._digits(_DIGITS + "".join(self.symbols))
        yield from map(self._number, PREPARED_NUMBERS)
        yield from map(self._ordinal, PREPARED_ORDINALS)

    def _slot(self, kind: str, value: object) -> list[Piece]:
        if value == "":
            return []
        if kind == "digits":
            return self._digits(str(value))
        if kind == "number":
            return [self._number(int(str(value)))]
        if kind == "ordinal":
            return [self._ordinal(int(str(value)))]
        text = " ".join(str(value).split())
        return [Piece("", text)] if _SPOKEN.search(text) else []

    def _digits(self, number: str) -> list[Piece]:
        """Digit by digit; what has no name (a space, a bracket) is passed over."""
        found = []
        for sign in number:
            if sign in _DIGITS:
                found.append(Piece(f"digits/{sign}", cardinal(int(sign), self.language)))
            elif sign in self.symbols:
                found.append(Piece(f"digits/{_FILE_NAMES.get(sign, sign)}", self.symbols[sign]))
        return found

    def _number(self, number: int) -> Piece:
        return Piece(f"numbers/{number}", cardinal(min(max(0, number), LARGEST), self.language))

    def _ordinal(self, number: int) -> Piece:
        return Piece(f"ordinals/{number}", ordinal(min(max(0, number), LARGEST), self.language))


_FILE_NAMES = {"*": "star", "#": "hash", "+": "plus"}


def split(phrase: str) -> Iterator[tuple[str, str, str]]:
    """Its parts: (text, "", "") or ("", slot, kind)."""
    end = 0
    for match in _SLOT.finditer(phrase):
        yield phrase[end : match.start()].strip(), "", ""
        yield "", match[1], match[2]
        end = match.end()
    yield phrase[end:].strip(), "", ""


def read_texts(files: list[Path], language: str) -> Texts:
    """The texts of a language; what a later file says holds. Raises TextsError."""
    phrases: dict[str, str] = {}
    symbols: dict[str, str] = {}
    for file in files:
        data = _load(file)
        for section, known in (("texts", phrases), ("symbols", symbols)):
            given = data.pop(section, {})
            if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
                raise TextsError(file, f"{section} is no mapping of names to texts", "write NAME: text lines")
            known.update({str(name): text for name, text in given.items()})
        if data:
            raise TextsError(file, f"unknown key {next(iter(data))!r}", "known here: texts, symbols")
        for name, phrase in phrases.items():
            _check(file, name, phrase)
    return Texts(language, phrases, symbols)


def _load(file: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TextsError(file, f"cannot be read ({error.strerror})", "see its rights") from error
    except (YAMLError, UnicodeDecodeError) as error:
        problem = str(getattr(error, "problem", None) or "not UTF-8")
        raise TextsError(file, f"is no YAML ({problem})", "put each text into quotes") from error
    if not isinstance(data, dict):
        raise TextsError(file, "holds no texts", "write texts: and NAME: text lines below it")
    return data


def _check(file: Path, name: str, phrase: str) -> None:
    if not re.fullmatch(r"[a-z0-9-]{1,64}", name):
        raise TextsError(file, f"{name!r} is no name of a prompt", "write small letters, digits and dashes")
    wrong = [kind for _, slot, kind in split(phrase) if slot and kind not in KINDS]
    if wrong:
        raise TextsError(file, f"{name}: unknown kind {wrong[0]!r}", f"known are {', '.join(KINDS)}")
    if re.search(r"[{}]", _SLOT.sub("", phrase)):
        raise TextsError(file, f"{name}: a brace without a slot", "write a slot like {number:digits}")
