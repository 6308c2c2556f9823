"""`softswitch schema`: the dialplan's format for editors."""

from softswitch.cli.screen import print_json


def schema() -> None:
    """Print the dialplan's format as JSON Schema.

    Editors complete and check by it while one types.
    """
    from softswitch.config import json_schema

    print_json(json_schema())
