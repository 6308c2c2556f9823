"""From YAML text to a tree of nodes (YAML 1.2).

The tree is built here from a parser's events, not by its constructors: those would turn the unquoted key 0101
into the number 101 and follow `%YAML 1.1` into taking `yes` for a truth value.

Two parsers read it. libyaml, in C, is thirty times as fast; ruamel.yaml knows YAML 1.2 to the letter and says
best what is wrong. So libyaml reads what both understand alike, and whatever it refuses, or might understand
otherwise, goes to ruamel: its word is the last one.
"""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import yaml

from softswitch.config.yaml_mistakes import GaveUp, Mistake, mistake
from softswitch.config.yaml_nodes import Node, Position, Scalar, Sequence, Source, Table

DEEPEST = 32
# Aliases of aliases can stand for billions of nodes in a few lines.
LARGEST = 2_000_000
_ONLY_BY_RUAMEL: Final = re.compile(
    r"""
    [\t\x85\u2028\u2029\ufeff] | \r(?!\n)   # line breaks of YAML 1.1, tabs where they may not stand
    | (?:^|[\s\[{,]) (?: \? | [&*][-\w]*[^-\w\s] )   # keys on a line of their own, odd names of anchors
    | ^(?: \.\.\. | % )   # ends of documents, directives
    | [|>][-+0-9]*[ ]*(?: \# | \r?\n[ ]*\r?\n )   # texts over several lines with a blank one first
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What the two read differently: see tests/config/test_two_parsers.py."""


class YamlError(Exception):
    """The text is not YAML that can be read. Has a place, and words that quote nothing out of the file."""

    def __init__(self, position: Position, message: str, remedy: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message
        self.remedy = remedy


def read_yaml(text: str) -> Source:
    """The tree of the one document in `text`. Raises YamlError."""
    source = read_fast(text)
    return read_strictly(text) if source is None else source


def read_fast(text: str) -> Source | None:
    """The same tree by libyaml; None for what it is not trusted with, or finds bad."""
    if not yaml.__with_libyaml__ or _ONLY_BY_RUAMEL.search(text):
        return None
    try:
        return _FastBuilder(yaml.events, yaml.parse(text, Loader=yaml.CBaseLoader)).build()
    except (yaml.YAMLError, YamlError, ValueError):
        return None


def read_strictly(text: str) -> Source:
    """The tree by ruamel.yaml. Raises YamlError."""
    # A tenth of a second to import, for a file that is wrong.
    from ruamel.yaml import YAML, events
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        return _Builder(events, YAML(typ="safe", pure=True).parse(text)).build()
    except ReaderError as error:
        # ReaderError counts characters from the start.
        before = text[: error.position].split("\n")
        position = Position(len(before), len(before[-1]) + 1)
        raise YamlError(position, "a character that YAML does not allow", "delete it") from None
    except MarkedYAMLError as error:
        if found := _mistake(text, error):
            raise YamlError(*found) from None
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        message = _without_content(str(error.problem or error.context or "bad syntax"))
        raise YamlError(position, f"bad YAML syntax: {message}", _remedy(message)) from None
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # ruamel's parser fails on some broken texts with errors that are not its own and tell no place.
        raise YamlError(Position(1, 1), "bad YAML syntax", "check indentation, colons and quotes") from None


def _mistake(text: str, error: Any) -> Mistake | None:
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return None
    where = (context.line, context.column) if context is not None else (0, 0)
    stop = GaveUp(mark.line, mark.column, str(error.problem), str(error.context or ""), *where)
    return mistake(text, stop)


def _without_content(message: str) -> str:
    """ruamel quotes what it stumbled on, maybe a piece of a password: only signs and token names stay."""
    return re.sub(r"'(?:[^']|<[a-z ]+>)'|'[^']*'|\"[^\"]*\"", _sign_or_nothing, message)


def _sign_or_nothing(quoted: re.Match[str]) -> str:
    inner = quoted[0][1:-1]
    return quoted[0] if len(inner) == 1 or inner.startswith("<") else "something else"


def _remedy(message: str) -> str:
    if "cannot start" in message or "alias" in message or "tag" in message:
        return "put a value that begins with a special character into quotes"
    return "check indentation, colons and quotes"


class _Builder:
    """Builds nodes from events; anchors become known when their node is complete, so nothing holds itself."""

    def __init__(self, kinds: ModuleType, events: Iterator[Any]) -> None:
        """`kinds` has the classes of the events: neither parser has types for them."""
        self._kinds = kinds
        self._events = events
        self._anchors: dict[str, Node] = {}

    def build(self) -> Source:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, self._kinds.DocumentStartEvent):
                if root is not None:
                    raise YamlError(
                        _position(event), "a second document", "keep one document: delete the ---"
                    )
                root = self._node(next(self._events), depth=1)
        return Source(root)

    def _node(self, event: Any, depth: int) -> Node:
        position = _position(event)
        if depth > DEEPEST:
            raise YamlError(position, "nested too deeply", f"a dialplan never goes deeper than {DEEPEST}")
        if isinstance(event, self._kinds.ScalarEvent):
            node: Node = Scalar(position, str(event.value), event.style in (None, ""), event.tag is not None)
        elif isinstance(event, self._kinds.AliasEvent):
            return self._alias(event)
        elif isinstance(event, self._kinds.SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._table(event, depth)
        if node.size > LARGEST:
            raise YamlError(position, "too large", "use fewer aliases")
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            raise YamlError(
                _position(event),
                "a value that begins with * repeats an anchor, and there is none of this name above",
                "put it into quotes if no alias was meant",
            )
        return self._anchors[event.anchor]

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, self._kinds.SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        size = 1 + sum(item.size for item in items)
        return Sequence(_position(start), tuple(items), start.tag is not None, size)

    def _table(self, start: Any, depth: int) -> Table:
        entries: list[tuple[Node, Node]] = []
        for event in self._events:
            if isinstance(event, self._kinds.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            entries.append((key, self._node(next(self._events), depth + 1)))
        size = 1 + sum(key.size + value.size for key, value in entries)
        return Table(_position(start), tuple(entries), start.tag is not None, size)


class _FastBuilder(_Builder):
    """Of libyaml's events. It places an empty value elsewhere, and knows other tags: both are wrong here."""

    def _node(self, event: Any, depth: int) -> Node:
        node = super()._node(event, depth)
        if node.tagged or (isinstance(node, Scalar) and not node.text and node.plain):
            raise YamlError(node.position, "a tag, or nothing", "")
        return node


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
