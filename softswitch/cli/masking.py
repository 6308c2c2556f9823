"""A dialplan's lines fit to be shown: whatever may be a password is covered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from softswitch.config.dialplan import Dialplan
from softswitch.config.section import Section, all_sections_of, secrets_of, sections_of
from softswitch.config.tables import TABLES
from softswitch.config.yaml_nodes import Node, Scalar, Table
from softswitch.config.yaml_reader import YamlError, read_yaml

COVER = "•••"

# What stands under these keys is no secret; anything under another key may be one, since the key `password`
# itself may be misspelt, or stand in the wrong place.
_WITH_SECRETS = {name: model for name, model in TABLES.items() if secrets_of(model)}
_SECRETS = frozenset[str]().union(*(secrets_of(model) for model in all_sections_of(Dialplan)))
_TOP = frozenset(Dialplan.model_fields) - frozenset(_WITH_SECRETS)
_NAMES = _TOP | {name for section in all_sections_of(Dialplan) for name in section.model_fields}
_SECTIONS_WITH_SECRETS = {name: kind for name, kind in sections_of(Dialplan).items() if secrets_of(kind)}
_SETTINGS = _NAMES - _SECRETS - frozenset(_WITH_SECRETS) - frozenset(_SECTIONS_WITH_SECRETS)
_KEY = re.compile(r"""\s*(?:-\s+)?["']?([\w-]+)["']?\s*:(?=\s|$)""")
_ANY_KEY = re.compile(r"""([^\s"'{}\[\],]*)["']?\s*:(?=\s|$)""")
_LISTENER = re.compile(r"""\s*-\s+["']?(udp|tcp|tls)://[\w.:\[\]]*["']?\s*""")
_QUOTED = re.compile(r"""\"(\\.|[^"\\])*"|'(\'\'|[^'])*'""")


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
        self._covers: dict[int, list[tuple[int, int]]] = {}
        try:
            root = read_yaml(text).root
        except YamlError:
            self._guess()
            return
        for scalar in _secrets(root):
            self._cover(scalar)

    def line(self, number: int) -> ShownLine:
        """A line by its number, from 1; empty beyond the file's end."""
        text = self._lines[number - 1].rstrip("\r") if 0 < number <= len(self._lines) else ""
        covers = sorted(cover for cover in self._covers.get(number, []) if cover[0] < cover[1])
        shown, at = "", 0
        for start, end in covers:
            shown += text[at:start] + COVER
            at = end
        return ShownLine(shown + text[at:], tuple(covers))

    def _cover(self, scalar: Scalar) -> None:
        """Covers it to its end; where that is not to be seen at once, the line and those of a long text."""
        number, start = scalar.position.line, scalar.position.column - 1
        line = self._lines[number - 1]
        if scalar.plain and line.startswith(scalar.text, start):
            self._covers.setdefault(number, []).append((start, start + len(scalar.text)))
            return
        quoted = _QUOTED.match(line, start)
        self._covers.setdefault(number, []).append((start, quoted.end() if quoted else len(line)))
        if quoted is None:
            self._cover_rest(number)

    def _cover_rest(self, number: int) -> None:
        """A text over several lines goes on as long as lines are indented deeper than its first."""
        depth = _depth(self._lines[number - 1])
        for index in range(number, len(self._lines)):
            line = self._lines[index]
            if line.strip() and _depth(line) <= depth:
                return
            self._covers[index + 1] = [(_depth(line), len(line))]

    def _guess(self) -> None:
        """For a file that is no YAML: only what is sure to be harmless is shown."""
        section, depth_of_numbers = "", -1
        for number, line in enumerate(self._lines, start=1):
            key = _KEY.match(line)
            name, depth = key[1] if key else "", _depth(line)
            if line.strip() and depth == 0:
                section, depth_of_numbers = name, -1
            elif line.strip() and section in _WITH_SECRETS and depth_of_numbers < 0:
                depth_of_numbers = depth
            if section in _TOP and (_is_harmless(line) or _LISTENER.fullmatch(line)):
                continue
            known = name in _NAMES or name in _WITH_SECRETS
            start = key.end() if key and (known or (name.isdigit() and depth == depth_of_numbers)) else 0
            rest = line[start:]
            if rest.strip():
                self._covers[number] = [(start + _depth(rest), len(line))]


def _is_harmless(line: str) -> bool:
    """Whether the line is a setting, or several, and each of a known name."""
    return bool(_KEY.match(line)) and set(_ANY_KEY.findall(line)) <= _SETTINGS


def _secrets(root: Node | None) -> Iterator[Scalar]:
    """Every value that may be a password."""
    if not isinstance(root, Table):
        yield from _scalars(root)
        return
    for key, value in root.entries:
        name = key.text if isinstance(key, Scalar) else ""
        if name in _WITH_SECRETS and isinstance(value, Table):
            model = _WITH_SECRETS[name]
            for _, entry in value.entries:
                yield from _inside(entry, model)
        elif name in TABLES and isinstance(value, Table):
            for _, entry in value.entries:
                yield from _without_names(entry, frozenset(TABLES[name].model_fields))
        elif name == "numbers":
            continue
        elif name in _SECTIONS_WITH_SECRETS:
            yield from _inside(value, _SECTIONS_WITH_SECRETS[name])
        elif name in _TOP:
            yield from () if isinstance(value, Scalar) else _without_names(value, _SETTINGS)
        else:
            yield from _scalars(value)


def _inside(node: Node | None, model: type[Section]) -> Iterator[Scalar]:
    """What a section with secrets holds under no key of its own, or under a secret's; what is no section."""
    if not isinstance(node, Table):
        yield from _scalars(node)
        return
    harmless = frozenset(model.model_fields) - secrets_of(model)
    for key, value in node.entries:
        if not isinstance(key, Scalar) or key.text not in harmless:
            yield from _scalars(value)
        elif (section := sections_of(model).get(key.text)) is not None and secrets_of(section):
            yield from _inside(value, section)


def _without_names(node: Node, harmless: frozenset[str]) -> Iterator[Scalar]:
    """The values under any other key than these."""
    if isinstance(node, Table):
        for key, value in node.entries:
            if not isinstance(key, Scalar) or key.text not in harmless:
                yield from _scalars(value)


def _scalars(node: Node | None) -> Iterator[Scalar]:
    if node is None:
        return
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
