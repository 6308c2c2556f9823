"""The records' tables: one row a call, with its legs and the steps that it walked through.

What can be asked of a call without opening its legs stands in its row. Times are seconds since 1970 (UTC),
durations seconds, money decimal. `records/migrations` brings an older database to this shape.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    text,
)

METADATA: Final = MetaData()
PARTLY_FILLED: Final = ("trunk", "department", "queue", "scenario")
"""Fields of calls with an index of the calls that have one: no entry, and no cost, for the others."""


def _index_where_filled(name: str, column: str, *others: str) -> Index:
    filled = text(f"{column} != ''")
    return Index(name, column, *others, sqlite_where=filled, postgresql_where=filled)


CALLS: Final = Table(
    "calls",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("answered_at", Float),
    Column("ended_at", Float, nullable=False),
    Column("direction", String(8), nullable=False),  # in, out or inner
    Column("caller", String(64), nullable=False),
    Column("caller_name", String(64), nullable=False),
    Column("called", String(64), nullable=False),  # what was dialled; the outside number for calls in
    Column("called_name", String(64), nullable=False),
    Column("trunk", String(64), nullable=False),  # came in or went out by; empty for neither
    Column("number_type", String(16), nullable=False),  # internal, local, national, mobile, international …
    Column("destination", String(64), nullable=False, server_default=""),  # of calls out, in E.164
    Column("department", String(64), nullable=False),  # the first that it came to
    Column("queue", String(64), nullable=False),
    Column("scenario", String(64), nullable=False),
    Column("mode", String(64), nullable=False),  # day, night … when it came
    Column("answered_by", String(64), nullable=False),  # the extension or number that answered first
    Column("ended_by", String(64), nullable=False),
    Column("waiting", Float, nullable=False),  # from the start to a person's answer, or to the end
    Column("talking", Float, nullable=False),  # in conversation with a person, holds included
    Column("held", Float, nullable=False),
    Column("rings", Integer, nullable=False),  # how many extensions were rung
    Column("transfers", Integer, nullable=False),
    Column("pressed", String(64), nullable=False, server_default=""),  # the caller's keys; a comma: silence
    Column("last_step", String(128), nullable=False),  # place/step where it was when it ended
    Column("outcome", String(32), nullable=False),
    Column("blame", String(16), nullable=False),
    Column("words", String(200), nullable=False),
    Column("status", Integer, nullable=False),
    Column("codec", String(32), nullable=False),
    Column("loss", Float),  # share of packets, 0 to 1, of the worst leg
    Column("jitter_ms", Float),
    Column("round_trip_ms", Float),
    Column("mos", Float),  # 1 to 4.5, E-model (ITU-T G.107), of the worst leg
    Column("price", Numeric(14, 4)),  # NULL: no price list has one
    Column("currency", String(3), nullable=False),
    Column("price_list", String(64), nullable=False),
    Column("recordings", Integer, nullable=False),
    Column("recovered", Boolean, nullable=False),  # the switch died during it
    Index("calls_started", "started_at"),
    Index("calls_caller", "caller", "started_at"),
    Index("calls_answered_by", "answered_by", "started_at"),
    Index("calls_called", "called", "started_at"),
    *(_index_where_filled(f"calls_{name}", name, "started_at") for name in PARTLY_FILLED),
)
"""One row a call, whatever legs it had."""

LEGS: Final = Table(
    "legs",
    METADATA,
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("nth", Integer, primary_key=True),  # 0 is the caller's
    Column("number", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("device", String(64), nullable=False),  # IP:port
    Column("dialog", String(128), nullable=False),  # SIP Call-ID
    Column("direction", String(8), nullable=False),  # inbound or outbound
    Column("trunk", String(64), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ringing_at", Float),
    Column("answered_at", Float),
    Column("ended_at", Float),
    Column("status", Integer),  # the SIP status that ended it unanswered; 200 when answered
    Column("reason", String(64), nullable=False),
    Column("transport", String(8), nullable=False),
    Column("codec", String(32), nullable=False),
    Column("secured", Boolean, nullable=False),
    Column("received", Integer, nullable=False),  # RTP packets
    Column("sent", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("jitter_ms", Float),
    Column("round_trip_ms", Float),
    Column("mos", Float),
    Index(
        "legs_on_trunks",
        "started_at",
        "trunk",
        "ended_at",
        "call",
        sqlite_where=text("trunk != ''"),
        postgresql_where=text("trunk != ''"),
    ),
)
"""Who was called, and how that went."""

STEPS: Final = Table(
    "steps",
    METADATA,
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("seconds", Float, nullable=False),  # until the next step, or the call's end
    Column("kind", String(16), nullable=False),  # extension, department, menu, queue, scenario, transfer …
    Column("place", String(64), nullable=False),  # key of the department, menu, queue, scenario …
    Column("step", String(64), nullable=False),  # the named step in it; may be empty
    Column("by", String(64), nullable=False),  # the extension whose doing it was; empty for the caller's way
    Column("words", String(400), nullable=False),
)
"""What became of the call, in order."""

RECORDINGS: Final = Table(
    "recordings",
    METADATA,
    Column("file", String(200), primary_key=True),  # under the folder of recordings
    Column("call", String(40), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("by", String(64), nullable=False),  # who asked for it; empty when it is always done
    Column("deleted_at", Float),  # its file is gone since then: by age, by size, for want of room, or by hand
    Index("recordings_call", "call"),
    Index("recordings_started", "started_at"),
)
"""What was recorded. Left and right channel: caller and callee."""
