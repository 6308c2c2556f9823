"""Where call records are kept."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from softswitch.config.passwords import Secret
from softswitch.config.refusal import refusal
from softswitch.config.section import Section, restart_only

DATABASE_PATTERN = r"^postgresql://[^\s/]*/[^\s/?]+(\?\S*)?$"


class DatabaseUrl(Secret):
    """Marks a SecretStr that is a PostgreSQL URL: it may hold a password, and is kept like one."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        shown = super().__get_pydantic_json_schema__(schema, handler)
        shown["anyOf"][0] = {"type": "string", "pattern": DATABASE_PATTERN}
        return shown

    def checked(self, text: str) -> str:
        """Raises a refusal that does not repeat the text."""
        try:
            parts = urlsplit(text)
            good = parts.scheme == "postgresql" and len(parts.path) > 1 and "/" not in parts.path[1:]
            good = good and (parts.port is None or parts.port > 0) and not any(map(str.isspace, text))
        except ValueError:
            good = False
        if not good:
            raise refusal(
                "this is not the address of a database",
                "write postgresql://USER:PASSWORD@HOST/DATABASE, or leave it out for a file in "
                "state_directory",
            )
        return text


class Records(Section):
    """What is kept of every call."""

    database: Annotated[SecretStr, DatabaseUrl()] | None = Field(
        default=None,
        description="The PostgreSQL database for call records, as a URL or as {env: NAME} or {file: PATH}. "
        "Without it they are kept in records.db in the state directory (SQLite).",
        examples=["postgresql://softswitch:secret@db.office.example/softswitch", {"env": "RECORDS_DATABASE"}],
        json_schema_extra=restart_only(),
    )
