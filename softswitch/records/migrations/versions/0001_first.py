"""Calls, legs, steps and recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "calls",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("answered_at", sa.Float()),
        sa.Column("ended_at", sa.Float(), nullable=False),
        sa.Column("direction", sa.String(8), nullable=False),
        sa.Column("caller", sa.String(64), nullable=False),
        sa.Column("caller_name", sa.String(64), nullable=False),
        sa.Column("called", sa.String(64), nullable=False),
        sa.Column("called_name", sa.String(64), nullable=False),
        sa.Column("trunk", sa.String(64), nullable=False),
        sa.Column("number_type", sa.String(16), nullable=False),
        sa.Column("department", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("scenario", sa.String(64), nullable=False),
        sa.Column("mode", sa.String(64), nullable=False),
        sa.Column("answered_by", sa.String(64), nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=False),
        sa.Column("waiting", sa.Float(), nullable=False),
        sa.Column("talking", sa.Float(), nullable=False),
        sa.Column("held", sa.Float(), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("last_step", sa.String(128), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("blame", sa.String(16), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(32), nullable=False),
        sa.Column("loss", sa.Float()),
        sa.Column("jitter_ms", sa.Float()),
        sa.Column("round_trip_ms", sa.Float()),
        sa.Column("mos", sa.Float()),
        sa.Column("price", sa.Numeric(14, 4)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price_list", sa.String(64), nullable=False),
        sa.Column("recordings", sa.Integer(), nullable=False),
        sa.Column("recovered", sa.Boolean(), nullable=False),
    )
    op.create_index("calls_answered_by", "calls", ["answered_by", "started_at"])
    op.create_index("calls_called", "calls", ["called", "started_at"])
    op.create_index("calls_caller", "calls", ["caller", "started_at"])
    op.create_index("calls_started", "calls", ["started_at"])
    op.create_table(
        "legs",
        sa.Column("call", sa.String(40), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("nth", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("dialog", sa.String(128), nullable=False),
        sa.Column("direction", sa.String(8), nullable=False),
        sa.Column("trunk", sa.String(64), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("ringing_at", sa.Float()),
        sa.Column("answered_at", sa.Float()),
        sa.Column("ended_at", sa.Float()),
        sa.Column("status", sa.Integer()),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("transport", sa.String(8), nullable=False),
        sa.Column("codec", sa.String(32), nullable=False),
        sa.Column("secured", sa.Boolean(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("jitter_ms", sa.Float()),
        sa.Column("round_trip_ms", sa.Float()),
        sa.Column("mos", sa.Float()),
    )
    op.create_table(
        "steps",
        sa.Column("call", sa.String(40), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("nth", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
    )
    op.create_index("steps_place", "steps", ["place", "step"])
    op.create_table(
        "recordings",
        sa.Column("file", sa.String(200), primary_key=True),
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
    )
    op.create_index("recordings_call", "recordings", ["call"])
    op.create_index("recordings_started", "recordings", ["started_at"])


def downgrade() -> None:
    """To nothing."""
    for table in ("recordings", "steps", "legs", "calls"):
        op.drop_table(table)
