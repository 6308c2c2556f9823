"""The reference in docs/dialplan.md, made from the schema."""

import json
from typing import Any

from softswitch.config.schema import json_schema
from softswitch.config.section import RESTART
from softswitch.config.tables import TABLES

BEGIN = "<!-- reference: made by `python -m softswitch.config`; change the models instead -->"
END = "<!-- end of the reference -->"
_HEADER = ("| key | value | default | meaning |", "| --- | --- | --- | --- |")


def reference() -> str:
    """All settings as Markdown tables, section by section."""
    schema = json_schema()
    lines = ["### Top level", "", *_table(schema)]
    lines += _sections(schema, schema, "")
    return "\n".join(lines) + "\n"


def _sections(part: dict[str, Any], schema: dict[str, Any], prefix: str) -> list[str]:
    """The tables of all sections inside a part, each followed by those inside it."""
    lines: list[str] = []
    for name, setting in part["properties"].items():
        section = _section(setting, schema)
        if section is None:
            continue
        path = f"{prefix}{name}"
        title = f"`{path}`, each" if name in TABLES and not prefix else f"`{path}`"
        lines += ["", f"### {title}", "", section["description"].replace("\n", " "), "", *_table(section)]
        lines += _sections(section, schema, f"{path}.")
    return lines


def with_reference(page: str) -> str:
    """The page with its reference replaced. Raises ValueError if the page has no place for it."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN!r} or {END!r}")
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def _section(setting: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    patterns = setting.get("patternProperties", {})
    found_in = next(iter(patterns.values()), setting)
    # An entry that has a short form as well: the long one is described.
    choices = [one["$ref"] for one in found_in.get("anyOf", ()) if "$ref" in one]
    reference_to = found_in.get("$ref") or next(iter(choices), None)
    if reference_to is None:
        return None
    found: dict[str, Any] = schema["$defs"][reference_to.rpartition("/")[2]]
    return found


def _table(section: dict[str, Any]) -> list[str]:
    required = section.get("required", ())
    rows = []
    for name, setting in section["properties"].items():
        default = "**required**" if name in required else _default(setting)
        meaning = setting["description"]
        if setting.get(RESTART):
            meaning += " *Read at start only.*"
        rows.append(f"| `{name}` | {_values(setting)} | {default} | {_cell(meaning)} |")
    if isinstance(section.get("additionalProperties"), dict):
        rows.append("| any mode's name | number or key of a place |  | Where its calls go in that mode. |")
    return [*_HEADER, *rows]


def _default(setting: dict[str, Any]) -> str:
    if "default" not in setting:
        return ""
    default = setting["default"]
    return ", ".join(_code(item) for item in default) if isinstance(default, list) else _code(default)


def _values(setting: dict[str, Any]) -> str:
    """What may stand there, in a few words."""
    if "x-words" in setting:
        return _cell(str(setting["x-words"]))
    patterns = next(iter(setting.get("patternProperties", {}).values()), setting)
    if "$ref" in patterns or any("$ref" in one for one in patterns.get("anyOf", ())):
        return "see below"
    if "patternProperties" in setting:
        return "mapping"
    if "x-bounds" in setting:
        return f"duration, {setting['x-bounds']}"
    if "enum" in setting:
        return ", ".join(_code(item) for item in setting["enum"])
    if "const" in setting:
        return _code(setting["const"])
    if setting.get("type") == "array":
        return f"list of {_values(setting['items'])}"
    if setting.get("type") == "integer":
        return f"{setting['minimum']} to {setting['maximum']}"
    if setting.get("type") == "boolean":
        return "`true`, `false`"
    examples = [_example(one) for one in setting.get("examples", ())]
    return "text" + (f", such as {' or '.join(_code(item) for item in examples)}" if examples else "")


def _example(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _code(value: Any) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
