"""A plausible week of a company's calls, as records: what reports are measured and tested on.

400 people in ten departments, four trunks, four queues, five scenarios. Most calls come on workdays from
eight to six. Of 100 calls, 35 come through a scenario (20 of them on to a queue), 15 to a department, 25 go
outside, and 25 stay in the house. Pure: the same seed gives the same calls.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from softswitch.records.record import CallRecord, Row
from softswitch.records.tables import CALLS, LEGS, RECORDINGS, STEPS

DAY: Final = 86_400
WEEK: Final = 7 * DAY
PEOPLE: Final = tuple(str(number) for number in range(1000, 1400))
DEPARTMENTS: Final = tuple(f"department-{nth}" for nth in range(10))
TRUNKS: Final = ("carrier-a", "carrier-b", "carrier-c", "mobile")
QUEUES: Final = ("orders", "support", "billing", "returns")
SCENARIOS: Final = ("welcome", "night", "hotline", "survey", "doctor")
OWN_NUMBERS: Final = tuple(f"+4930500{nth:02}" for nth in range(20))
OUTSIDE: Final = (
    ("+4930", "local", "0.0120"),
    ("+4989", "national", "0.0190"),
    ("+49171", "mobile", "0.0900"),
    ("+4420", "international", "0.0800"),
    ("+6221", "international", "0.1100"),
    ("+1212", "international", "0.0300"),
)
_HOURS: Final = (1, 1, 1, 1, 1, 2, 6, 25, 60, 95, 100, 90, 60, 80, 95, 85, 70, 40, 20, 12, 8, 5, 3, 2)
_WEEKDAYS: Final = (100, 105, 100, 95, 85, 12, 6)


def _blank(table: Any) -> Row:
    kinds = {str: "", int: 0, float: 0.0, bool: False, Decimal: None}
    return {
        column.name: None if column.nullable else kinds[column.type.python_type] for column in table.columns
    }


_CALL, _LEG, _STEP, _RECORDING = _blank(CALLS), _blank(LEGS), _blank(STEPS), _blank(RECORDINGS)


def week(count: int, monday: float, seed: int = 1) -> Iterator[CallRecord]:
    """So many calls, in any order, of the week that begins then (seconds since 1970)."""
    dice = random.Random(seed)  # noqa: S311 - nothing is secret here
    for nth in range(count):
        day = dice.choices(range(7), _WEEKDAYS)[0]
        hour = dice.choices(range(24), _HOURS)[0]
        yield _Call(dice, f"{seed}-{nth}", monday + day * DAY + hour * 3600 + dice.random() * 3600).record()


class _Call:
    def __init__(self, dice: random.Random, name: str, at: float) -> None:
        self._dice = dice
        self._row: Row = {
            **_CALL,
            "id": name,
            "started_at": at,
            "mode": "day",
            "blame": "nobody",
            "status": 200,
        }
        self._legs: list[Row] = []
        self._steps: list[Row] = []
        self._recordings: list[Row] = []
        self._at = at

    def record(self) -> CallRecord:
        """The call, whole."""
        kind = self._dice.choices(
            (self._through_scenario, self._to_department, self._out, self._inner), (35, 15, 25, 25)
        )
        kind[0]()
        self._end()
        name = self._row["id"]
        for rows in (self._legs, self._steps):
            for nth, one in enumerate(rows):
                one |= {"call": name, "nth": nth}
        return CallRecord(self._row, tuple(self._legs), tuple(self._steps), tuple(self._recordings))

    # ---- four kinds of calls ----

    def _through_scenario(self) -> None:
        dice = self._dice
        self._comes_in(dice.choice(OWN_NUMBERS))
        scenario = dice.choice(SCENARIOS)
        self._row |= {"scenario": scenario, "last_step": f"{scenario}/menu"}
        for _ in range(1 if dice.random() < 0.9 else 2):
            self._step("scenario", scenario)
            self._step("scenario", scenario, "menu", by=dice.choice(PEOPLE) if dice.random() < 0.05 else "")
        self._at += dice.uniform(2, 30)
        chance = dice.random()
        if chance < 0.2:  # leaves in the menu
            return
        if chance < 0.43:
            self._to_people(dice.choice(DEPARTMENTS), 3)
            return
        queue = dice.choice(QUEUES)
        self._row |= {"queue": queue, "last_step": queue}
        self._step("queue", queue)
        self._at += dice.expovariate(1 / 25)
        if dice.random() < 0.85:
            self._ring([dice.choice(PEOPLE)], 0.95)
        self._row["last_step"] = f"{queue}/{'answered' if self._row['answered_at'] else 'abandoned'}"

    def _to_department(self) -> None:
        self._comes_in(self._dice.choice(OWN_NUMBERS))
        self._to_people(self._dice.choice(DEPARTMENTS), self._dice.randint(1, 6))

    def _out(self) -> None:
        dice = self._dice
        begin, kind, minute = dice.choice(OUTSIDE)
        number, trunk = f"{begin}{dice.randrange(10**6):06}", dice.choice(TRUNKS)
        self._row |= {"direction": "out", "caller": dice.choice(PEOPLE), "called": number, "trunk": trunk}
        self._row |= {
            "number_type": kind,
            "destination": number,
            "price": Decimal(0),
            "currency": "EUR",
            "price_list": trunk,
        }
        self._leg(self._row["caller"], "inbound", "")
        self._step("outside", trunk)
        leg = self._leg(number, "outbound", trunk)
        if dice.random() < 0.02:
            self._row["outcome"] = "no-free-line"
            return
        self._at += dice.uniform(2, 25)
        if dice.random() < 0.7:
            talk = self._answer(leg, number)
            self._row["price"] = (Decimal(minute) * (1 + int(talk // 60))).quantize(Decimal("0.0001"))

    def _inner(self) -> None:
        one, other = self._dice.sample(PEOPLE, 2)
        self._row |= {"direction": "inner", "caller": one, "called": other, "number_type": "internal"}
        self._leg(one, "inbound", "")
        self._step("extension", other)
        self._ring([other], 0.7)

    # ---- what they are made of ----

    def _comes_in(self, called: str) -> None:
        dice = self._dice
        caller = f"{dice.choice(OUTSIDE)[0]}{dice.randrange(10**5):05}"
        self._row |= {"direction": "in", "caller": caller, "called": called, "trunk": dice.choice(TRUNKS)}
        self._leg(caller, "inbound", self._row["trunk"])

    def _to_people(self, department: str, many: int) -> None:
        self._row |= {"department": department, "last_step": department}
        self._step("department", department)
        nth = DEPARTMENTS.index(department) * 40
        self._ring(self._dice.sample(PEOPLE[nth : nth + 40], many), 0.8)

    def _ring(self, numbers: list[str], chance: float) -> None:
        legs = [self._leg(number, "outbound", "") for number in numbers]
        self._row["rings"] = len(numbers)
        self._at += self._dice.uniform(1, 25)
        if self._dice.random() < chance:
            taker = self._dice.choice(legs)
            for leg in legs:
                if leg is not taker:
                    leg |= {"ended_at": self._at, "status": 487, "reason": "answered elsewhere"}
            self._answer(taker, taker["number"])

    def _answer(self, leg: Row, by: str) -> float:
        talk = self._dice.expovariate(1 / 150) + 2
        self._row |= {
            "answered_at": self._at,
            "answered_by": by,
            "talking": talk,
            "codec": "PCMA",
            "mos": 4.3,
        }
        self._row["transfers"] = int(self._dice.random() < 0.08)
        for one in (leg, self._legs[0]):
            one |= {"answered_at": self._at, "status": 200, "codec": "PCMA", "received": 3000, "sent": 3000}
        self._step("answered", "", by=by)
        self._at += talk
        if self._dice.random() < 0.1:
            self._row["recordings"] = 1
            file = f"{self._row['id']}.flac"
            self._recordings.append(
                {
                    **_RECORDING,
                    "file": file,
                    "call": self._row["id"],
                    "started_at": self._at - talk,
                    "seconds": talk,
                }
            )
        return talk

    def _end(self) -> None:
        row = self._row
        answered_at = row["answered_at"]
        row |= {"ended_at": self._at, "waiting": (answered_at or self._at) - row["started_at"]}
        row["outcome"] = row["outcome"] or (
            "completed" if answered_at else self._dice.choice(("cancelled", "no-answer"))
        )
        row["words"] = "They talked, and one of them hung up." if answered_at else "Nobody answered."
        for leg in self._legs:
            leg["ended_at"] = leg["ended_at"] or self._at
            if leg["status"] is None:
                leg |= {"status": 487, "reason": "call over"}
        for one, later in zip(
            self._steps, [*(step["at"] for step in self._steps[1:]), self._at], strict=True
        ):
            one["seconds"] = later - one["at"]

    def _leg(self, number: str, direction: str, trunk: str) -> Row:
        leg = {**_LEG, "number": number, "direction": direction, "trunk": trunk, "started_at": self._at}
        leg |= {"ringing_at": self._at if direction == "outbound" else None, "ended_at": None}
        leg |= {"device": "192.168.1.10:5060", "dialog": f"{self._row['id']}-{len(self._legs)}@192.168.1.10"}
        self._legs.append(leg)
        return leg

    def _step(self, kind: str, place: str, step: str = "", by: str = "") -> None:
        words = f"The call comes to {kind} {place} {step}."
        self._steps.append(
            {**_STEP, "at": self._at, "kind": kind, "place": place, "step": step, "by": by, "words": words}
        )
