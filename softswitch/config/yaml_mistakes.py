"""What was meant where YAML cannot be read: a parser tells where it gave up, seldom what is wrong.

Nothing of the text but its signs is quoted: there may be passwords in it.
"""

import re
from typing import NamedTuple

from softswitch.config.yaml_nodes import Position

_KEY_WITHOUT_SPACE = re.compile(r"(\s*(?:- )?[\w.+*#-]+):(?=[^\s:/])")
_KEY = re.compile(r"\s*(?:- )?(?:[\w.+*#-]+|\"[^\"]*\"|'[^']*'):(?:\s|$)")
_BREAK = re.compile(r"\r\n|\n|\r")
"""What ruamel.yaml counts lines by."""
_CLOSING = {"{": "}", "[": "]"}


class Mistake(NamedTuple):
    """What is wrong, where, and what to do about it."""

    position: Position
    message: str
    remedy: str


class GaveUp(NamedTuple):
    """Where and why ruamel.yaml stopped. Lines and columns count from 0, as its marks do."""

    line: int
    column: int
    problem: str
    context: str = ""
    context_line: int = 0
    context_column: int = 0


def mistake(text: str, stop: GaveUp) -> Mistake | None:
    """The mistake behind it; None for what is none of those that people make."""
    lines = _BREAK.split(text)
    for look in (_tab, _open_quote, _open_bracket, _colon, _indentation, _after_quote, _no_colon):
        if found := look(lines, stop):
            return found
    return None


def _tab(lines: list[str], stop: GaveUp) -> Mistake | None:
    for number in range(min(stop.line, len(lines) - 1), -1, -1):
        indent = _indent(lines[number])
        if "\t" in indent:
            at = Position(number + 1, indent.index("\t") + 1)
            return Mistake(at, "a tab indents this line", "indent by spaces, two a level")
        if lines[number].strip() and number < stop.line:
            return None
    return None


def _open_quote(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "quoted scalar" not in stop.context:
        return None
    at = Position(stop.context_line + 1, stop.context_column + 1)
    sign = lines[stop.context_line][stop.context_column]
    return Mistake(at, f"the {sign} that opens a text here is never closed", f"put {sign} at the text's end")


def _open_bracket(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "flow mapping" not in stop.context and "flow sequence" not in stop.context:
        return None
    line = lines[stop.context_line]
    sign = line[stop.context_column : stop.context_column + 1]
    if sign not in _CLOSING:
        return None
    closing, here = _CLOSING[sign], Position(stop.context_line + 1, stop.context_column + 1)
    if stop.line == stop.context_line and stop.column < len(line):
        at = Position(stop.line + 1, stop.column + 1)
        message = f"a comma is missing before this, or {closing}"
        return Mistake(at, message, "put a comma between two settings")
    comment = line.find(" #", stop.context_column)
    if comment >= 0 and closing in line[comment:]:
        at = Position(stop.context_line + 1, comment + 2)
        what = f"a comment begins here, and the {closing} is in it"
        return Mistake(at, what, "put a text that holds # into quotes")
    return Mistake(here, f"the {sign} that opens here is never closed", f"write {closing} at its end")


def _colon(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "mapping values are not allowed" not in stop.problem:
        return None
    line = lines[stop.line]
    at = Position(stop.line + 1, stop.column + 1)
    if _KEY.match(line[: stop.column]):
        return Mistake(at, "a second colon in one line", "put a text that holds a colon into quotes")
    above = next((n for n in range(stop.line - 1, -1, -1) if _says_something(lines[n])), None)
    if above is None:
        return None
    if lacking := _KEY_WITHOUT_SPACE.match(lines[above]):
        at = Position(above + 1, lacking.end() + 1)
        return Mistake(at, "a space is missing after the colon", "write it as in key: value")
    if len(_indent(line)) > len(_indent(lines[above])):
        at = Position(stop.line + 1, len(_indent(line)) + 1)
        message = "this is indented deeper than the line above, which has its value already"
        return Mistake(at, message, "begin it below the beginning of the line above")
    return None


def _indentation(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "expected <block end>" not in stop.problem or "scalar" in stop.problem:
        return None
    depth = len(_indent(lines[stop.line]))
    above = {len(_indent(one)) for one in lines[: stop.line] if _says_something(one)}
    fits = sorted(one for one in above if abs(one - depth) <= 2 and one != depth)
    message = f"this line is indented by {_spaces(depth)}, as no line above it that it could belong to"
    wanted = " or ".join(str(one) for one in fits)
    return Mistake(
        Position(stop.line + 1, depth + 1),
        message,
        f"indent it by {wanted}, as its neighbours" if fits else "line it up with its neighbours",
    )


def _after_quote(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "expected <block end>" not in stop.problem or "scalar" not in stop.problem:
        return None
    if not lines[stop.line][: stop.column].rstrip().endswith(('"', "'")):
        return None
    at = Position(stop.line + 1, stop.column + 1)
    return Mistake(at, "the text goes on after its closing quotation mark", "put the whole value into quotes")


def _no_colon(lines: list[str], stop: GaveUp) -> Mistake | None:
    if "could not find expected ':'" not in stop.problem:
        return None
    line = stop.context_line if "simple key" in stop.context else stop.line
    if lacking := _KEY_WITHOUT_SPACE.match(lines[line]):
        at = Position(line + 1, lacking.end() + 1)
        return Mistake(at, "a space is missing after the colon", "write it as in key: value")
    at = Position(line + 1, len(_indent(lines[line])) + 1)
    return Mistake(at, "this line is no key with its value", "write key: value, with a colon and a space")


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _spaces(count: int) -> str:
    return f"{count} space{'' if count == 1 else 's'}" if count else "nothing"
