"""Recordings that are deleted keep their rows, and say so."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is known to be deleted yet: the keeper looks for the files."""
    op.add_column("recordings", sa.Column("deleted_at", sa.Float()))
