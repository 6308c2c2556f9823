"""Reads a dialplan file: completely, or not at all with every reason at once."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from softswitch.config.checks import CHECKS
from softswitch.config.context import Context
from softswitch.config.dialplan import Dialplan, attach_source
from softswitch.config.messages import findings_of
from softswitch.config.plain_data import plain_data
from softswitch.config.problems import DialplanError, Finding, KeyPath, Problem, Severity, dotted
from softswitch.config.tables import KEY_FIELDS, TABLES
from softswitch.config.yaml_nodes import Node, Position, Source
from softswitch.config.yaml_reader import YamlError, read_yaml

# 10,000 extensions written at length are some 2 MB.
LARGEST_FILE = 64 * 1024 * 1024
# Stands in for a wrong domain while the rest of the file is checked (RFC 2606).
_STAND_IN = "wrong.invalid"


def load(path: Path, environment: Mapping[str, str] | None = None) -> Dialplan:
    """The dialplan in the file `path`, with its secrets fetched and its paths made absolute.

    `environment` is where `{env: NAME}` looks; the process's own if None.
    Raises DialplanError with all problems; warnings alone are kept in `Dialplan.warnings`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "bad file name"
        raise _refused(
            path, Position(1, 1), f"the dialplan cannot be read: {reason}", "name a readable file"
        ) from None
    if len(content) > LARGEST_FILE:
        raise _refused(path, Position(1, 1), "the file is larger than any dialplan", "name a dialplan")
    return load_text(_decoded(path, content), path, environment)


def load_text(text: str, path: Path, environment: Mapping[str, str] | None = None) -> Dialplan:
    """The dialplan in `text`, read as if it stood in the file `path`. Raises DialplanError."""
    try:
        source = read_yaml(text)
    except YamlError as error:
        raise _refused(path, error.position, error.message, error.remedy) from None
    context = Context(path.absolute().parent, os.environ if environment is None else environment)
    return _Reading(path, source, context).dialplan()


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace").split("\n")
        position = Position(len(before), len(before[-1]) + 1)
        raise _refused(path, position, "this is not UTF-8 text", "save the file as UTF-8") from None


def _refused(path: Path, position: Position, message: str, remedy: str) -> DialplanError:
    return DialplanError((Problem(path, position.line, position.column, "", None, message, remedy),))


class _Reading:
    """One attempt to read a dialplan: gathers problems on its way to a model."""

    def __init__(self, path: Path, source: Source, context: Context) -> None:
        self._path = path
        self._source = source
        self._context = context
        self._problems: dict[tuple[str, Position, str], Problem] = {}

    def dialplan(self) -> Dialplan:
        """The dialplan. Raises DialplanError."""
        if self._source.root is None:
            remedy = "let `softswitch init` write one to begin with"
            raise _refused(self._path, Position(1, 1), "the dialplan is empty", remedy)
        data = plain_data(self._source.root, self._report)
        self._refuse_keys_inside(data)
        dialplan, wrong = self._model(data)
        if dialplan is not None:
            # Checks ask where a setting stands: what the file writes is judged otherwise than a default.
            self._check(attach_source(dialplan, self._path, self._source, ()), wrong)
        problems = tuple(sorted(self._problems.values(), key=lambda one: (one.line, one.column, one.path)))
        if dialplan is None or any(problem.severity is Severity.ERROR for problem in problems):
            raise DialplanError(problems)
        return attach_source(dialplan, self._path, self._source, problems)

    def _model(self, data: Any) -> tuple[Dialplan | None, frozenset[str]]:
        """The model, or of a wrong file the part that is right and the names of the sections that are not."""
        try:
            return Dialplan.model_validate(data, context=self._context), frozenset()
        except ValidationError as error:
            findings = tuple(findings_of(error))
        for finding in findings:
            self._find(finding)
        if not isinstance(data, dict):
            return None, frozenset()
        try:
            rest = _without({"domain": _STAND_IN, **data}, [finding.path for finding in findings])
            dialplan = Dialplan.model_validate(rest, context=self._context)
        except ValidationError:
            return None, frozenset()
        return dialplan, frozenset(str(finding.path[0]) for finding in findings if finding.path)

    def _check(self, dialplan: Dialplan, wrong: frozenset[str]) -> None:
        for check, sections in CHECKS:
            if not sections & wrong:
                self._find_all(check(dialplan))

    def _refuse_keys_inside(self, data: Any) -> None:
        """An entry's number or name is a field of its model, but in the file it is the key only."""
        for table, field in KEY_FIELDS.items():
            entries = data.get(table) if isinstance(data, dict) else None
            for key, entry in entries.items() if isinstance(entries, dict) else ():
                if isinstance(entry, dict) and field in entry:
                    del entry[field]
                    remedy = f"delete it: the {field} is the key above, {key}"
                    path = (table, key, field)
                    self._find(Finding(path, f"unknown key {field!r}", remedy, value=field, at_key=True))

    def _find_all(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._find(finding)

    def _find(self, finding: Finding) -> None:
        self._add(finding, self._source.nearest(finding.path, finding.at_key))

    def _report(self, finding: Finding, node: Node) -> None:
        self._add(finding, node.position)

    def _add(self, finding: Finding, position: Position) -> None:
        """Keeps the first error of a place, what follows on it there is its consequence, and all warnings."""
        path = dotted(finding.path)
        problem = Problem(
            self._path,
            position.line,
            position.column,
            path,
            finding.value,
            finding.message,
            finding.remedy,
            finding.severity,
        )
        warning = finding.message if finding.severity is Severity.WARNING else ""
        self._problems.setdefault((path, position, warning), problem)


def _without(data: dict[str, Any], paths: Iterable[KeyPath]) -> dict[str, Any]:
    """The data without the wrong entries and the wrong sections; a wrong domain gets a stand-in."""
    rest = dict(data)
    tables = {name: dict(data[name]) for name in TABLES if isinstance(data.get(name), dict)}
    for path in paths:
        if len(path) > 1 and str(path[0]) in tables:
            tables[str(path[0])].pop(str(path[1]), None)
        elif path:
            rest.pop(str(path[0]), None)
    rest.update({name: entries for name, entries in tables.items() if name in rest})
    rest.setdefault("domain", _STAND_IN)
    rest["extensions"] = rest.get("extensions") or {"0": {"password": "stand-in"}}
    return rest
