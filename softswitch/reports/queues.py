"""Queues: the service level, who gave up after how long, and how many people would have been enough."""

import math
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from softswitch.records.tables import CALLS
from softswitch.reports.erlang import people_for
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean, share
from softswitch.reports.selection import QUARTER, Selection, number_of, quarter, seconds_of

_COLUMNS: Final = (
    Column("queue", "Queue"),
    Column("offered", "Offered", Kind.COUNT),
    Column("answered", "Answered", Kind.COUNT),
    Column("abandoned", "Abandoned", Kind.COUNT),
    Column("abandoned_share", "Abandoned", Kind.SHARE),
    Column("service_level", "Service level", Kind.SHARE),
    Column("waiting", "Mean wait", Kind.SECONDS),
    Column("longest_wait", "Longest", Kind.SECONDS),
    Column("abandoned_after", "Abandoned after", Kind.SECONDS),
    Column("abandoned_soon", "… within 10 s", Kind.COUNT),
    Column("talking", "Mean talk", Kind.SECONDS),
    Column("busiest", "Busiest hour"),
    Column("erlangs", "Erlangs in it", Kind.NUMBER),
    Column("enough", "People enough", Kind.COUNT),
)
_SOON: Final = 10.0


def queues(connection: Connection, selection: Selection, within: float = 20.0, level: float = 0.8) -> Result:
    """Service level: of all calls, those answered within `within` seconds. `level`: the share aimed at."""
    if within < 0 or not 0 < level < 1:
        raise ReportError("this is no service level", "write --within 20 --level 0.8")
    c = CALLS.c
    answered, left = c.answered_at.is_not(None), c.answered_at.is_(None)
    query = (
        select(
            c.queue,
            func.count(),
            func.count(c.answered_at),
            number_of(and_(answered, c.waiting <= within)),
            seconds_of(c.waiting, answered),
            func.max(c.waiting),
            seconds_of(c.waiting, left),
            number_of(and_(left, c.waiting <= _SOON)),
            func.sum(c.talking),
        )
        .where(*selection.where(), c.queue != "")
        .group_by(c.queue)
        .order_by(c.queue)
    )
    busiest = _busiest(connection, selection)
    rows = []
    for queue, offered, taken, soon, waited, longest, in_vain, left_soon, talked in connection.execute(query):
        abandoned = offered - taken
        talk = mean(talked, taken)
        hour, calls = busiest[queue]
        erlangs = calls * talk / 3600 if talk else None
        rows.append(
            {
                "queue": queue,
                "offered": offered,
                "answered": taken,
                "abandoned": abandoned,
                "abandoned_share": share(abandoned, offered),
                "service_level": share(soon, offered),
                "waiting": mean(waited, taken),
                "longest_wait": longest,
                "abandoned_after": mean(in_vain, abandoned),
                "abandoned_soon": left_soon,
                "talking": talk,
                "busiest": f"{hour:%Y-%m-%d %H:%M}",
                "erlangs": erlangs,
                "enough": people_for(erlangs, talk, within, level) if erlangs and talk else None,
            }
        )
    notes = (
        f"Service level: answered within {within:g} s, of all calls. People enough: so many at their phones "
        f"in the busiest hour keep it at {level:.0%} (Erlang C).",
    )
    drawn = Chart(("queue",), ("answered", "abandoned"), "calls")
    return Result("queues", "Queues", _COLUMNS, rows, notes, drawn)


def _busiest(connection: Connection, selection: Selection) -> dict[str, tuple[datetime, int]]:
    """By queue: the full hour of the company's clock with the most calls, and their number."""
    c = CALLS.c
    part = quarter(c.started_at).label("part")
    query = (
        select(c.queue, part, func.count()).where(*selection.where(), c.queue != "").group_by(c.queue, part)
    )
    hours: dict[str, dict[datetime, int]] = {}
    for queue, at, calls in connection.execute(query):
        hour = hour_of(at * QUARTER, selection.zone)
        of_queue = hours.setdefault(queue, {})
        of_queue[hour] = of_queue.get(hour, 0) + calls
    return {
        queue: max(found.items(), key=lambda one: (one[1], -one[0].timestamp()))
        for queue, found in hours.items()
    }


def hour_of(at: float, zone: Any) -> datetime:
    """The full hour, on the company's clock, that a time is in."""
    return datetime.fromtimestamp(math.floor(at), zone).replace(minute=0, second=0, microsecond=0)
