"""Conditions as operators write them: `talking<10 and not (outcome=busy or called~+4930*)`.

    condition  = alternative {"or" alternative}
    alternative = part {"and" part}
    part       = "not" part | "(" condition ")" | NAME comparison VALUE
    comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"

`~` compares with a pattern in which * is anything and ? one character. A value with blanks or brackets
stands in quotes; `none` is the lack of one. Nothing of the text reaches the database but as a bound value.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from softswitch.reports.result import ReportError

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<sign><=|>=|!=|!~|=|<|>|~)|(?P<bracket>[()])
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()<>=!~"']+))""",
    re.VERBOSE,
)
_LONGEST: Final = 4000
_DEEPEST: Final = 50
_EXAMPLE: Final = 'write it like --where "talking<10 and outcome!=busy"'

Sign = Literal["=", "!=", "<", "<=", ">", ">=", "~", "!~"]


@dataclass(frozen=True, slots=True)
class Compare:
    """A field against a value; `value` None for `none`."""

    field: str
    sign: Sign
    value: str | None


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """`and`, or with `either` `or`."""

    parts: tuple["Condition", ...]
    either: bool


Condition = Compare | Not | Both


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_condition(text: str) -> Condition:
    """The condition. Raises ReportError that says where it stopped making sense."""
    if len(text) > _LONGEST:
        raise ReportError("the condition is too long", f"{_LONGEST} characters are enough")
    return _Parser(text).condition_alone()


def fields_of(condition: Condition) -> frozenset[str]:
    """The fields that it asks for."""
    match condition:
        case Not(part):
            return fields_of(part)
        case Both(parts):
            return frozenset().union(*map(fields_of, parts))
        case Compare(name):
            return frozenset({name})


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._split())
        self._next = 0
        self._depth = 0

    def _split(self) -> "list[_Token]":
        tokens, at = [], 0
        text = self._text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise self._wrong(at, "a quotation mark has no partner")
            tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
            at = found.end()
        return tokens

    def condition_alone(self) -> Condition:
        found = self._either()
        if self._next < len(self._tokens):
            raise self._wrong(self._tokens[self._next].at, "nothing may follow here but `and` or `or`")
        return found

    def _either(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ReportError("the condition is nested too deeply", "write it in fewer brackets")
        parts = [self._all()]
        while self._takes("word", "or"):
            parts.append(self._all())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Both(tuple(parts), either=True)

    def _all(self) -> Condition:
        parts = [self._part()]
        while self._takes("word", "and"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else Both(tuple(parts), either=False)

    def _part(self) -> Condition:
        negations = 0
        while self._takes("word", "not"):
            negations += 1
        if self._takes("bracket", "("):
            found = self._either()
            if not self._takes("bracket", ")"):
                raise self._wrong(self._here(), "a closing bracket is missing")
        else:
            found = self._comparison()
        return Not(found) if negations % 2 else found

    def _comparison(self) -> Condition:
        name = self._take(("word",), "the name of a field is missing")
        sign = self._take(("sign",), f"after {name.text} a comparison such as = or < is missing")
        value = self._take(("word", "double", "single"), f"after {sign.text} a value is missing")
        none = value.kind == "word" and value.text == "none"
        return Compare(name.text, sign.text, None if none else value.text)  # type: ignore[arg-type]

    def _takes(self, kind: str, text: str) -> bool:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == kind and token.text.lower() == text:
                self._next += 1
                return True
        return False

    def _take(self, kinds: tuple[str, ...], missing: str) -> _Token:
        if self._next >= len(self._tokens) or self._tokens[self._next].kind not in kinds:
            raise self._wrong(self._here(), missing)
        self._next += 1
        return self._tokens[self._next - 1]

    def _here(self) -> int:
        return self._tokens[self._next].at if self._next < len(self._tokens) else len(self._text)

    def _wrong(self, at: int, why: str) -> ReportError:
        return ReportError(f"the condition is not understood at character {at + 1}: {why}", _EXAMPLE)
