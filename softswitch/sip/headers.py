"""The grammar that SIP header values share: lists, parameters, quoted strings (RFC 3261 §7.3, §25.1).

Every function is linear in its input: what comes off the wire is hostile until proven otherwise.
"""

import re
from typing import Final

_QUOTED: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LIST_MARK: Final = re.compile(r'[",<>]')
_PARAM_MARK: Final = re.compile(r'[";]')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
# What nearly every message has: no spaces, no quotes. The possessive quantifiers cannot backtrack.
_PLAIN_PARAMS: Final = re.compile(r'(?:;[^;=\s"]++(?:=(?:"[^"\\]*+"|[^;=\s"]*+))?+)*+')
_PLAIN_PARAM: Final = re.compile(r';([^;=]++)(=?+)(?:"([^"]*+)"|([^;]*+))')
TOKEN: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
MAX_UINT32: Final = 2**32 - 1

Params = tuple[tuple[str, str | None], ...]
"""Parameters in their order: lower-case name, and the value (unquoted) or None for a flag."""


class MalformedMessage(ValueError):  # noqa: N818 - the name says what the message is, not what we are
    """The message breaks the grammar; `status` and `reason` are the answer that it deserves."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def split_list(value: str) -> list[str]:
    """The elements of a comma-separated header value; commas in quotes or angle brackets do not count.

    Empty elements are dropped. Raises MalformedMessage on an unclosed quote or bracket.
    """
    if "," not in value:
        value = value.strip()
        return [value] if value else []
    if '"' not in value and "<" not in value:
        return [part for piece in value.split(",") if (part := piece.strip())]
    return _split_marked(value)


def _split_marked(value: str) -> list[str]:
    parts: list[str] = []
    start = position = 0
    in_brackets = False
    while mark := _LIST_MARK.search(value, position):
        position = mark.end()
        match mark.group():
            case '"' if not in_brackets:
                position = quoted_end(value, mark.start())
            case "<":
                in_brackets = True
            case ">":
                in_brackets = False
            case "," if not in_brackets:
                parts.append(value[start : mark.start()].strip())
                start = position
    if in_brackets:
        raise MalformedMessage("Angle bracket not closed")
    parts.append(value[start:].strip())
    return [part for part in parts if part]


def quoted_end(text: str, start: int) -> int:
    """The index after the quoted string that opens at `start`; MalformedMessage when it never closes."""
    match = _QUOTED.match(text, start)
    if match is None:
        raise MalformedMessage("Quoted string not closed")
    return match.end()


def parse_params(text: str) -> Params:
    """`;name=value;flag` as pairs. Names are lower-cased, quoted values are unquoted."""
    if _PLAIN_PARAMS.fullmatch(text):
        return tuple(
            [
                (name.lower(), (quoted or value) if equals else None)
                for name, equals, quoted, value in _PLAIN_PARAM.findall(text)
            ]
        )
    pieces = _split_quoted_params(text) if '"' in text else text.split(";")
    params: list[tuple[str, str | None]] = []
    for piece in pieces:
        name, equals, value = piece.partition("=")
        name = name.strip().lower()
        if name:
            params.append((name, unquote(value.strip()) if equals else None))
        elif equals:
            raise MalformedMessage("Parameter without a name")
    return tuple(params)


def _split_quoted_params(text: str) -> list[str]:
    pieces: list[str] = []
    start = position = 0
    while mark := _PARAM_MARK.search(text, position):
        if mark.group() == '"':
            position = quoted_end(text, mark.start())
        else:
            pieces.append(text[start : mark.start()])
            start = position = mark.end()
    pieces.append(text[start:])
    return pieces


def param(params: Params, name: str) -> str | None:
    """The first parameter of that (lower-case) name; a flag without a value is the empty string."""
    for key, value in params:
        if key == name:
            return "" if value is None else value
    return None


def unquote(text: str) -> str:
    """The content of a quoted string; any other text as it stands. RFC 3261 §25.1 quoted-pair."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    text = text[1:-1]
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def printable(text: str) -> str:
    """The text without control characters, line breaks of any script and lone surrogates."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def quote(text: str) -> str:
    """A quoted string that is safe on the wire, whatever the text."""
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def uint(text: str | None, limit: int = MAX_UINT32) -> int | None:
    """A plain decimal number up to `limit`, else None: int() would take signs, spaces and underscores too."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 20:
        return None
    number = int(text)
    return number if number <= limit else None
