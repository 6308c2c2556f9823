"""Alembic's steps, from the shape that a database has to the newest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, current: str | None) -> None:
    """In the transaction that the connection is in. Raises ValueError for a database of a newer switch."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    if current is not None and current not in {step.revision for step in scripts.walk_revisions()}:
        raise ValueError(f"the database is of a newer switch: {current}")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
