"""Queues: the service level, who gave up after how long, and how many people would have been enough."""

import math
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Connection

from softswitch.records.expressions import QUARTER
from softswitch.records.sum_rows import queue_rows
from softswitch.records.sum_tables import WITHIN
from softswitch.records.sums import QUEUES
from softswitch.reports.erlang import people_for
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean, share
from softswitch.reports.selection import Selection

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


def queues(connection: Connection, selection: Selection, within: float = 20.0, level: float = 0.8) -> Result:
    """Service level: of all calls, those answered within `within` seconds. `level`: the share aimed at."""
    if within < 0 or not 0 < level < 1:
        raise ReportError("this is no service level", "write --within 20 --level 0.8")
    by_hand = within not in WITHIN
    soon = "soon" if by_hand else f"within_{within:g}"
    found = figures(
        connection,
        selection,
        QUEUES,
        "queue",
        "part",
        rows=partial(queue_rows, soon=within) if by_hand else None,
        extra=("soon",) if by_hand else (),
        fresh=not by_hand,
    )
    totals, busiest = _totals(found, selection)
    rows = []
    for queue, one in sorted(totals.items()):
        offered, taken = one["offered"], one["answered"]
        abandoned = offered - taken
        talk = mean(one["talking"], taken)
        hour, calls = busiest[queue]
        erlangs = calls * talk / 3600 if talk else None
        rows.append(
            {
                "queue": queue,
                "offered": offered,
                "answered": taken,
                "abandoned": abandoned,
                "abandoned_share": share(abandoned, offered),
                "service_level": share(one[soon], offered),
                "waiting": mean(one["waited"], taken),
                "longest_wait": one["longest"],
                "abandoned_after": mean(one["in_vain"], abandoned),
                "abandoned_soon": one["left_soon"],
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


def _totals(
    found: dict[tuple[str, int], dict[str, Any]], selection: Selection
) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[datetime, int]]]:
    """By queue: all of its figures; and the full hour of the company's clock with the most calls."""
    totals: dict[str, dict[str, Any]] = {}
    hours: dict[str, dict[datetime, int]] = {}
    hour_at = cache(lambda part: hour_of(part * QUARTER, selection.zone))
    for (queue, part), one in found.items():
        known = totals.get(queue)
        if known is None:
            totals[queue], hours[queue] = dict(one), {}
        else:
            longest = max(known["longest"], one["longest"])
            for name, figure in one.items():
                known[name] += figure
            known["longest"] = longest
        hour = hour_at(part)
        hours[queue][hour] = hours[queue].get(hour, 0) + one["offered"]
    busiest = {
        queue: max(counted.items(), key=lambda each: (each[1], -each[0].timestamp()))
        for queue, counted in hours.items()
    }
    return totals, busiest


def hour_of(at: float, zone: Any) -> datetime:
    """The full hour, on the company's clock, that a time is in."""
    return datetime.fromtimestamp(math.floor(at), zone).replace(minute=0, second=0, microsecond=0)
