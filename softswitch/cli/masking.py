"""A dialplan's lines fit to be shown: whatever may be a password is covered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from softswitch.config.dialplan import Dialplan
from softswitch.config.extension import Extension
from softswitch.config.section import sections_of
from softswitch.config.yaml_nodes import Node, Scalar, Table
from softswitch.config.yaml_reader import YamlError, read_yaml

COVER = "•••"

# What stands under these keys is no secret; anything under another key of an extension may be one,
# since the key `password` itself may be misspelt.
_HARMLESS = frozenset(Extension.model_fields) - {"password"}
_SETTINGS = (
    frozenset(Dialplan.model_fields)
    | {name for section in sections_of(Dialplan).values() for name in section.model_fields}
) - {"password", "extensions"}
_PAIR = re.compile(r"""(?P<key>[^\s:,{}\[\]#"']+)["']?\s*:\s+(?P<value>"[^"]*"?|'[^']*'?|[^,{}#]+)""")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the file with its secrets covered, and where a column of the file is found in it."""

    text: str
    _covered: tuple[tuple[int, int], ...]

    def column(self, original: int) -> int:
        """The column, from 1, that shows what stood in the file's column `original`."""
        index = original - 1
        shift = 0
        for start, end in self._covered:
            if index >= end:
                shift += len(COVER) - (end - start)
            elif index >= start:
                return start + shift + 1
        return index + shift + 1


class Masked:
    """A dialplan's text, line by line."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._secrets: dict[int, list[tuple[int, int]]] | None = None
        try:
            root = read_yaml(text).root
        except YamlError:
            return
        self._secrets = {}
        for scalar in _secrets(root):
            self._cover(scalar)

    def line(self, number: int) -> ShownLine:
        """A line by its number, from 1; empty beyond the file's end."""
        text = self._lines[number - 1].rstrip("\r") if 0 < number <= len(self._lines) else ""
        spans = self._guess(text) if self._secrets is None else self._secrets.get(number, [])
        spans = sorted(span for span in spans if span[0] < span[1])
        shown, at = "", 0
        for start, end in spans:
            shown += text[at:start] + COVER
            at = end
        return ShownLine(shown + text[at:], tuple(spans))

    def _cover(self, scalar: Scalar) -> None:
        """Covers it to its end; where that is not to be seen at once, the line and those of a long text."""
        if self._secrets is None:
            return
        number, start = scalar.position.line, scalar.position.column - 1
        line = self._lines[number - 1]
        if scalar.plain and line.startswith(scalar.text, start):
            self._secrets.setdefault(number, []).append((start, start + len(scalar.text)))
            return
        quoted = re.compile(r""""(\\.|[^"\\])*"|'(''|[^'])*'""").match(line, start)
        self._secrets.setdefault(number, []).append((start, quoted.end() if quoted else len(line)))
        if quoted is None:
            self._cover_rest(number)

    def _cover_rest(self, number: int) -> None:
        """A text over several lines goes on as long as lines are indented deeper than its first."""
        depth = _depth(self._lines[number - 1])
        for index in range(number, len(self._lines)):
            line = self._lines[index]
            if line.strip() and _depth(line) <= depth:
                return
            if self._secrets is not None:
                self._secrets[index + 1] = [(_depth(line), len(line))]

    @staticmethod
    def _guess(line: str) -> list[tuple[int, int]]:
        """For a file that is no YAML: only what stands under a key known to be harmless is shown."""
        if line.lstrip().startswith(("#", "- ")):
            return []
        pairs = list(_PAIR.finditer(line))
        if not pairs:
            bare = re.fullmatch(r"[\s{}\[\],]*([\w.-]{1,40}[\"']?\s*:)?[\s{}\[\],]*", line)
            return [] if bare else [(_depth(line), len(line))]
        return [pair.span("value") for pair in pairs if pair["key"] not in _SETTINGS]


def _secrets(root: Node | None) -> Iterator[Scalar]:
    """Every value that may be a password."""
    found = root.find("extensions") if isinstance(root, Table) else None
    if found is None or not isinstance(found[1], Table):
        return
    for _, extension in found[1].entries:
        if not isinstance(extension, Table):
            yield from _scalars(extension)
            continue
        for key, value in extension.entries:
            if not isinstance(key, Scalar) or key.text not in _HARMLESS:
                yield from _scalars(value)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Table):
        for key, value in node.entries:
            # {env: NAME} and {file: PATH} say where a secret is, not what it is.
            if not isinstance(key, Scalar) or key.text not in ("env", "file"):
                yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
