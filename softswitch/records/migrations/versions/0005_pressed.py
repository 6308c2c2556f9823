"""Which keys callers have pressed in menus and queues: what a test of the dialplan, made of a call, needs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of past calls none is known."""
    op.add_column("calls", sa.Column("pressed", sa.String(64), nullable=False, server_default=""))
