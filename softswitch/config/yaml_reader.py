"""From YAML text to a tree of nodes (YAML 1.2, by ruamel.yaml's scanner and parser).

The tree is built here from ruamel's events, not by its constructors: those would turn the unquoted key 0101
into the number 101 and follow `%YAML 1.1` into taking `yes` for a truth value.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from softswitch.config.yaml_nodes import Node, Position, Scalar, Sequence, Source, Table

DEEPEST = 32
# Aliases of aliases can stand for billions of nodes in a few lines.
LARGEST = 2_000_000


class YamlError(Exception):
    """The text is not YAML that can be read. Has a place, and words that quote nothing out of the file."""

    def __init__(self, position: Position, message: str, remedy: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message
        self.remedy = remedy


def read_yaml(text: str) -> Source:
    """The tree of the one document in `text`. Raises YamlError."""
    try:
        return _Builder().build(text)
    except ReaderError as error:
        # ReaderError counts characters from the start.
        before = text[: error.position].split("\n")
        position = Position(len(before), len(before[-1]) + 1)
        raise YamlError(position, "a character that YAML does not allow", "delete it") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        message = _without_content(str(error.problem or error.context or "bad syntax"))
        raise YamlError(position, f"bad YAML syntax: {message}", _remedy(message)) from None
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # ruamel's parser fails on some broken texts with errors that are not its own and tell no place.
        raise YamlError(Position(1, 1), "bad YAML syntax", "check indentation, colons and quotes") from None


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

    def __init__(self) -> None:
        self._anchors: dict[str, Node] = {}
        self._events: Iterator[Any] = iter(())

    def build(self, text: str) -> Source:
        # ruamel has no types for its events; the classes tell them apart.
        self._events = cast(Iterator[Any], YAML(typ="safe", pure=True).parse(text))
        root: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
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
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if isinstance(event, ScalarEvent):
            node: Node = Scalar(position, str(event.value), event.style in (None, ""), event.tag is not None)
        elif isinstance(event, SequenceStartEvent):
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

    def _sequence(self, start: SequenceStartEvent, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        size = 1 + sum(item.size for item in items)
        return Sequence(_position(start), tuple(items), start.tag is not None, size)

    def _table(self, start: MappingStartEvent, depth: int) -> Table:
        entries: list[tuple[Node, Node]] = []
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            entries.append((key, self._node(next(self._events), depth + 1)))
        size = 1 + sum(key.size + value.size for key, value in entries)
        return Table(_position(start), tuple(entries), start.tag is not None, size)


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
