"""Numbers in words, by the language's own rules."""

from functools import lru_cache

from num2words import num2words

LARGEST = 999_999_999


def cardinal(number: int, language: str) -> str:
    """`701` in English: seven hundred and one. Raises ValueError beyond `LARGEST` or below zero."""
    return _words(number, language, "cardinal")


def ordinal(number: int, language: str) -> str:
    """`3` in English: third."""
    return _words(number, language, "ordinal")


@lru_cache(maxsize=4096)
def _words(number: int, language: str, kind: str) -> str:
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not said: give 0 to {LARGEST}")
    return str(num2words(number, lang=language, to=kind))
