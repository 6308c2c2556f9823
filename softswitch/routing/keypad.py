"""Names spelled with the keys of a phone (ITU-T E.161, and its Cyrillic habit)."""

import unicodedata
from collections.abc import Mapping
from typing import Final

_LATIN: Final = {
    "2": "abc",
    "3": "def",
    "4": "ghi",
    "5": "jkl",
    "6": "mno",
    "7": "pqrs",
    "8": "tuv",
    "9": "wxyz",
}
_CYRILLIC: Final = {
    "2": "абвг",
    "3": "дежз",
    "4": "ийкл",
    "5": "мноп",
    "6": "рсту",
    "7": "фхцч",
    "8": "шщъы",
    "9": "ьэюя",
}
_KEYS: Final = {
    letter: key for table in (_LATIN, _CYRILLIC) for key, letters in table.items() for letter in letters
}
_ALIKE: Final = {"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "ł": "l", "đ": "d", "þ": "th"}


def spelled(name: str) -> tuple[str, ...]:
    """Each word of a name as keys. Letters that no key has are passed over."""
    found = ("".join(_keys(word)) for word in name.casefold().replace("-", " ").split())
    return tuple(word for word in found if word)


def _keys(word: str) -> list[str]:
    keys = []
    for letter in word:
        for plain in _ALIKE.get(letter, letter):
            key = _KEYS.get(plain) or _KEYS.get(unicodedata.normalize("NFD", plain)[0])
            if key is not None:
                keys.append(key)
            elif plain.isdigit() and plain.isascii():
                keys.append(plain)
    return keys


def called_like(typed: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of `names` whose name has a word that begins so, or begins so whole or last word first."""
    if not typed:
        return ()
    return tuple(number for number, name in names.items() if _fits(typed, spelled(name)))


def _fits(typed: str, words: tuple[str, ...]) -> bool:
    whole = ("".join(words), "".join((*words[-1:], *words[:-1])))
    return any(word.startswith(typed) for word in (*words, *whole))
