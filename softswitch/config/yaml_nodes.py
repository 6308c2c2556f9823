"""A YAML text as a tree that remembers where everything stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from softswitch.config.problems import KeyPath


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its source text, and whether it stood there without quotes."""

    position: Position
    text: str
    plain: bool
    tagged: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    position: Position
    items: tuple["Node", ...]
    tagged: bool
    size: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order of the file, duplicates included."""

    position: Position
    entries: tuple[tuple["Node", "Node"], ...]
    tagged: bool
    size: int
    _found: "dict[str, tuple[Scalar, Node]]" = field(default_factory=dict, compare=False, repr=False)

    def find(self, key: str) -> tuple[Scalar, "Node"] | None:
        """The first entry with this key's text."""
        if not self._found and self.entries:
            # Made at the first question: a table may have ten thousand entries, and each is asked for.
            for at, value in reversed(self.entries):
                if isinstance(at, Scalar):
                    self._found[at.text] = (at, value)
        return self._found.get(key)


Node = Scalar | Sequence | Table


@dataclass(frozen=True, slots=True)
class Source:
    """The places of a file's keys and values. An empty file has no root."""

    root: Node | None

    def key_at(self, path: KeyPath) -> Position | None:
        """Where the key (or list item) that this path ends with stands; None if the file does not say it."""
        steps = list(self._walk(path))
        if len(steps) < len(path) or self.root is None:
            return None
        return steps[-1][0] if steps else self.root.position

    def nearest(self, path: KeyPath, at_key: bool) -> Position:
        """The place to show for a path: its value (or key), or else the key of the nearest part above it."""
        steps = list(self._walk(path))
        if not steps:
            return self.root.position if self.root and not path else Position(1, 1)
        key, node = steps[-1]
        return node.position if len(steps) == len(path) and not at_key else key

    def _walk(self, path: KeyPath) -> Iterator[tuple[Position, Node]]:
        node: Node | None = self.root
        for part in path:
            if isinstance(node, Table) and isinstance(part, str):
                found = node.find(part)
                if found is None:
                    return
                node = found[1]
                yield found[0].position, node
            elif isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
                node = node.items[part]
                yield node.position, node
            else:
                return


class LineOf:
    """Which line a key stands in. Each is looked up once: decisions ask for the same ones again and again."""

    __slots__ = ("_known", "_source")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[KeyPath, int | None] = {}

    def __call__(self, path: KeyPath) -> int | None:
        """The line, counted from 1; None if the file is silent."""
        known = self._known
        if path not in known:
            position = self._source.key_at(path)
            known[path] = position.line if position else None
        return known[path]

    def around(self, path: KeyPath) -> int | None:
        """The line of the key, or of what it is in where that has a short form; None if silent."""
        lines = (self(path[:size]) for size in range(len(path), 0, -1))
        return next((line for line in lines if line is not None), None)
