"""From nodes to plain values, with everything found that only the text can show."""

import re
from collections.abc import Callable
from typing import Any

from softswitch.config.integers import WrittenInt
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.yaml_nodes import Node, Scalar, Sequence, Table

Report = Callable[[Finding, Node], None]

# YAML 1.2.2 §10.3.2, core schema.
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_BASED = re.compile(r"0o[0-7]{1,60}|0x[0-9A-Fa-f]{1,60}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain_data(node: Node, report: Report, path: KeyPath = ()) -> Any:
    """Mappings, tuples and scalars for the models. Reports what cannot be and leaves it out."""
    if node.tagged:
        report(Finding(path, "a tag (a word that begins with !)", "put the value into quotes"), node)
    if isinstance(node, Table):
        return _mapping(node, report, path)
    if isinstance(node, Sequence):
        items = (_value(item, report, (*path, index)) for index, item in enumerate(node.items))
        return tuple(item for item in items if item is not None)
    return scalar_value(node)


def scalar_value(node: Scalar) -> Any:
    """What a scalar means by YAML's core schema."""
    text = node.text
    if not node.plain or node.tagged:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return WrittenInt.of(text)
    if _BASED.fullmatch(text):
        return WrittenInt.of(text, base=0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _mapping(table: Table, report: Report, path: KeyPath) -> dict[str, Any]:
    data: dict[str, Any] = {}
    first: dict[str, Scalar] = {}
    for key, node in table.entries:
        if not isinstance(key, Scalar):
            report(
                Finding(path, "a list or mapping stands where a key should", "write a name", at_key=True), key
            )
            continue
        name = key.text
        at = (*path, name)
        if name in first:
            where = f"it stands in line {first[name].position.line} already"
            report(Finding(at, f"{name!r} is written twice", where, value=name, at_key=True), key)
            continue
        first[name] = key
        if name == "<<":
            report(
                Finding(at, "YAML 1.2 has no merge keys", "write the keys out", value=name, at_key=True), key
            )
            continue
        value = _value(node, report, at, key)
        if value is not None:
            data[name] = value
    return data


def _value(node: Node, report: Report, path: KeyPath, key: Scalar | None = None) -> Any:
    value = plain_data(node, report, path)
    if value is None and key is not None and key.plain and re.match(r"[\w+*#-]+:[^\s:/]", key.text):
        message, remedy = "a space is missing after the colon", "write it as in key: value"
        report(Finding(path[:-1], message, remedy), key)
    elif value is None:
        report(Finding(path, "there is no value", "write one, or delete the key"), key or node)
    return value
