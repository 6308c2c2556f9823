"""Where calls out went, in E.164. `softswitch rate` fills it for past calls."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column; sums by destination are of it now."""
    op.add_column("calls", sa.Column("destination", sa.String(64), nullable=False, server_default=""))
    days = sa.table("sum_days", sa.column("fresh", sa.Boolean()))
    op.execute(sa.update(days).values(fresh=sa.false()))
