"""`python -m softswitch.config`: makes the files of the source tree that follow from the models."""

import json
from pathlib import Path

from softswitch.config.reference import with_reference
from softswitch.config.schema import json_schema

TREE = Path(__file__).parents[2]


def schema_text() -> str:
    """conf/dialplan.schema.json as it has to be."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Writes the schema for editors and the reference for readers."""
    (TREE / "conf" / "dialplan.schema.json").write_text(schema_text(), encoding="utf-8")
    page = TREE / "docs" / "dialplan.md"
    page.write_text(with_reference(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
