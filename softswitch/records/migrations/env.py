"""Alembic asks this file how to run; store.py has put the connection where it looks."""

from alembic import context

from softswitch.records.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
