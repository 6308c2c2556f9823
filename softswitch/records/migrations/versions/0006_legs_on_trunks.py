"""Legs on trunks by time first: what is asked for is always an hour, or some days."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index by trunk goes."""
    op.drop_index("legs_trunk", "legs")
    filled = sa.text("trunk != ''")
    columns = ["started_at", "trunk", "ended_at", "call"]
    op.create_index("legs_on_trunks", "legs", columns, sqlite_where=filled, postgresql_where=filled)
