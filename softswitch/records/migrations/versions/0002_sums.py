"""Sums by day for reports, and indexes of what their filters ask for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every day that has calls is there to be summed up."""
    op.drop_index("steps_place", "steps")
    for name in ("trunk", "department", "queue", "scenario"):
        _index_where_filled(f"calls_{name}", "calls", name, "started_at")
    _index_where_filled("legs_trunk", "legs", "trunk", "started_at", "ended_at", "call")
    days = op.create_table(
        "sum_days",
        sa.Column("day", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("rated_at", sa.Float()),
    )
    _sums(
        "sums_traffic",
        [_key("day"), _key("part"), _key("direction", 8)],
        [*_counts("calls", "answered"), *_seconds("waiting", "talking")],
    )
    _sums(
        "sums_departments",
        [_key("day"), _key("department", 64)],
        [*_counts("offered", "answered", "soon"), *_seconds("waited", "in_vain", "talking", "longest")],
    )
    _sums(
        "sums_queues",
        [_key("day"), _key("part"), _key("queue", 64)],
        [
            *_counts("offered", "answered", "left_soon"),
            *_counts("within_10", "within_15", "within_20", "within_30", "within_60"),
            *_seconds("waited", "in_vain", "talking", "longest"),
        ],
    )
    _sums(
        "sums_lines",
        [_key("day"), _key("part"), _key("trunk", 64)],
        [*_counts("calls", "refused"), *_seconds("seconds", "longest")],
    )
    _sums(
        "sums_people",
        [_key("day"), _key("number", 64)],
        [
            *_counts("offered", "answered", "elsewhere", "soon", "made", "reached"),
            *_seconds("ringing", "talk_in", "talk_out"),
        ],
    )
    _sums(
        "sums_costs",
        [
            _key("dimension", 16),
            _key("day"),
            _key("part", 64),
            _key("currency", 3),
        ],
        [
            *_counts("calls", "priced"),
            *_seconds("talking"),
            sa.Column("price", sa.Numeric(18, 4), nullable=False),
        ],
    )
    _sums(
        "sums_scenarios",
        [
            _key("dimension", 16),
            _key("day"),
            _key("scenario", 64),
            _key("part", 128),
        ],
        [
            *_counts(
                "total", "by_option", "with_transfer", "without_talk", "completed", "repeated", "passes"
            ),
            *_seconds("seconds", "talk"),
        ],
    )
    calls = sa.table("calls", sa.column("started_at", sa.Float()))
    day = sa.cast(sa.func.floor(calls.c.started_at / 86400.0), sa.Integer())
    found = sa.select(day, sa.false()).distinct()
    op.execute(sa.insert(days).from_select(["day", "fresh"], found))


def _index_where_filled(name: str, table: str, column: str, *others: str) -> None:
    filled = sa.text(f"{column} != ''")
    op.create_index(name, table, [column, *others], sqlite_where=filled, postgresql_where=filled)


def _key(name: str, length: int = 0) -> "sa.Column[Any]":
    return sa.Column(
        name, sa.String(length) if length else sa.Integer(), primary_key=True, autoincrement=False
    )


def _counts(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _seconds(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.Float(), nullable=False) for name in names]


def _sums(name: str, keys: "list[sa.Column[Any]]", figures: "list[sa.Column[Any]]") -> None:
    op.create_table(name, *keys, *figures, sqlite_with_rowid=False)
