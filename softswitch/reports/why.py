"""One call out of the records, and one sentence that says what went wrong in it and whose side that was."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from softswitch.records.recent import begins
from softswitch.records.tables import CALLS, LEGS, STEPS
from softswitch.reports.remedies import BADLY_HEARD, BOTH_SIDES_SILENT, ONE_SIDE_SILENT, REMEDIES
from softswitch.reports.result import ReportError

Row = dict[str, Any]

POOR: Final = 3.6
"""MOS below which many users are dissatisfied (ITU-T G.107 annex B)."""
_SIDES: Final = {
    "caller": "the caller's side",
    "callee": "the called side",
    "trunk": "the carrier's side",
    "us": "the switch",
    "nobody": "nobody's",
}
# Reasons that the records give legs which were told to stop: no device said so.
_OURS: Final = frozenset({"answered elsewhere", "call over", "no answer"})
_MOST: Final = 50
_REMEDIES: Final = {outcome.value: remedy for outcome, remedy in REMEDIES.items()}
_NETWORK: Final = "the network, or the switch's place in it"


@dataclass(frozen=True, slots=True)
class Story:
    """What the records have of a call."""

    call: Row
    legs: list[Row]
    steps: list[Row]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went wrong, and whose side it was."""

    sentence: str
    side: str
    remedy: str = ""
    """What can be done about it; empty where nothing has to be."""


def find(connection: Connection, wanted: str) -> Story:
    """By its id, an unambiguous beginning of it, or `last`. Raises ReportError."""
    query = select(CALLS)
    if wanted == "last":
        found = connection.execute(query.order_by(CALLS.c.started_at.desc()).limit(1)).mappings().all()
    else:
        fits = query.where(CALLS.c.id.startswith(wanted, autoescape=True)).limit(_MOST)
        rows = connection.execute(fits).mappings().all()
        found = [row for row in rows if row["id"] == wanted] or [
            row for row in rows if begins(row["id"], wanted)
        ]
    if not found:
        raise ReportError(
            "there is no call record yet" if wanted == "last" else f"no call {wanted!r} is in the records",
            "a call is recorded when it is over; `softswitch trace` shows live ones, "
            "`softswitch report missed --calls` lists recorded ones",
        )
    if len(found) > 1:
        raise ReportError(f"{wanted!r} fits {len(found)} calls", "write more of the id")
    call = dict(found[0])
    below = [
        [
            dict(row)
            for row in connection.execute(
                select(table).where(table.c.call == call["id"]).order_by(table.c.nth)
            ).mappings()
        ]
        for table in (LEGS, STEPS)
    ]
    return Story(call, *below)


def verdict(story: Story) -> Verdict:
    """One sentence, and whose side it was."""
    call = story.call
    if call["outcome"] in ("completed", "handed-on"):
        return _of_sound(story)
    sentence = str(call["words"])
    said = [leg for leg in story.legs[1:] if _refused(leg)]
    if said:
        devices = "; ".join(
            f"{leg['number']} at {leg['device']} said {leg['status']} {leg['reason']}".rstrip()
            for leg in said
        )
        sentence = f"{sentence.rstrip('.')}: {devices}."
    return Verdict(sentence, _side(str(call["blame"]), call), _REMEDIES.get(call["outcome"], ""))


def _refused(leg: Row) -> bool:
    return (leg["status"] or 0) >= 300 and leg["answered_at"] is None and leg["reason"] not in _OURS


def _of_sound(story: Story) -> Verdict:
    """They talked: how was that?"""
    call = story.call
    with_sound = [leg for leg in story.legs if leg["codec"]]
    silent = [leg for leg in with_sound if not leg["received"]]
    if silent and call["talking"] >= 1:
        leg = silent[0]
        if len(silent) == len(with_sound) > 1:
            return Verdict(
                "They were connected, but no sound ever came from either.", _NETWORK, BOTH_SIDES_SILENT
            )
        sentence = f"They were connected, but no sound ever came from {leg['number']}."
        return Verdict(sentence, _end_of(leg), ONE_SIDE_SILENT)
    rated = [leg for leg in with_sound if leg["mos"] is not None]
    worst = min(rated, key=lambda leg: float(leg["mos"]), default=None)
    if worst is not None and worst["mos"] < POOR:
        share = worst["lost"] / max(1, worst["lost"] + worst["received"])
        return Verdict(
            f"They talked, but {worst['number']} was heard badly: {share:.1%} of the packets were lost, "
            f"jitter {worst['jitter_ms']:.0f} ms, round trip {worst['round_trip_ms']:.0f} ms "
            f"(MOS {worst['mos']:.1f}).",
            _end_of(worst),
            BADLY_HEARD,
        )
    return Verdict(f"Nothing went wrong: {call['words']}", _SIDES["nobody"])


def _end_of(leg: Row) -> str:
    return f"the line {leg['trunk']}" if leg["trunk"] else f"the phone or the network of {leg['number']}"


def _side(blame: str, call: Row) -> str:
    side = _SIDES.get(blame, blame)
    return f"{side} ({call['trunk']})" if blame == "trunk" and call["trunk"] else side


def axis(story: Story) -> list[tuple[float, str]]:
    """All that the records know, on one time axis: decisions and steps, and how each leg fared."""
    told = [(float(step["at"]), str(step["words"])) for step in story.steps]
    for nth, leg in enumerate(story.legs):
        who = leg["number"] + (f" by {leg['trunk']}" if leg["trunk"] else "")
        told.append(
            (leg["started_at"], f"{who} {'calls from' if nth == 0 else 'is called at'} {leg['device']}")
        )
        if leg["ringing_at"] is not None:
            told.append((leg["ringing_at"], f"{who} rings"))
        if nth and leg["ended_at"] is not None and leg["answered_at"] is None:
            told.append((leg["ended_at"], f"{who} ended with {leg['status']} {leg['reason']}".rstrip()))
    told.sort(key=lambda one: one[0])
    call = story.call
    by = f", by {call['ended_by']}" if call["ended_by"] else ""
    return [*told, (call["ended_at"], f"the call ends: {call['outcome']}{by}")]
