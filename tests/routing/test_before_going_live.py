"""What a plan says, the calendar, pictures, and ways out that cost money."""

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from softswitch.config import Dialplan, load_text
from softswitch.config.ways import reachable, unreachable
from softswitch.routing.calendar import spans
from softswitch.routing.exposure import exposures
from softswitch.routing.picture import mermaid, picture, svg
from softswitch.routing.plan import caller_changes
from softswitch.routing.router import Router
from tests.routing.test_journey import TEXT

START = datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


def plan(text: str = TEXT) -> Dialplan:
    return load_text(text, Path("office.yaml"), {})


def changes(new: str) -> list[str]:
    return list(caller_changes(plan(), plan(new), START))


def test_nothing_changes() -> None:
    assert changes(TEXT) == []


def test_a_shorter_friday_is_told() -> None:
    new = TEXT.replace(
        "  day: {weekdays: mon-fri, hours: 9-18}\n",
        "  friday: {weekdays: fri, hours: 17-18}\n  day: {weekdays: mon-fri, hours: 9-18}\n",
    )
    assert changes(new) == ["Number +4930123450 goes to closed on Fridays from 17:00 to 18:00."]


def test_longer_days_and_another_place() -> None:
    assert changes(TEXT.replace("hours: 9-18", "hours: 9-20")) == [
        "Number +4930123450 goes to main on Mondays to Fridays from 18:00 to 20:00."
    ]
    assert changes(TEXT.replace("otherwise: closed}", "otherwise: 101}")) == [
        "Number +4930123450 goes to 101 on Mondays to Fridays until 9:00.",
        "Number +4930123450 goes to 101 on Mondays to Fridays after 18:00.",
        "Number +4930123450 goes to 101 on Saturdays and Sundays.",
    ]


def test_numbers_come_and_go() -> None:
    new = TEXT.replace('"+4930123450": {day: main, otherwise: closed}', '"+4930123459": main')
    assert changes(new) == [
        "Number +4930123450 is gone: its callers hear that there is no such number.",
        "Number +4930123459 is new; it leads to otherwise: main.",
    ]


def test_what_changes_behind_the_first_place_is_told_by_number() -> None:
    new = TEXT.replace("keys: {9: 101}", "keys: {9: 102}")
    assert changes(new) == ["Number +4930123450: its callers can come to what changes: menu more."]


def test_the_calendar_has_no_gap() -> None:
    schedule = Router(plan()).outside.modes.schedule()
    found = list(spans(schedule, START, START + 60 * 86400))
    assert [one.mode for one in found[:3]] == ["day", "night", "day"]
    assert all(one.end == other.start for one, other in pairwise(found))
    assert found[-1].end == START + 60 * 86400


def test_ways_and_pictures() -> None:
    dialplan = plan()
    ways, places = reachable(dialplan, ("numbers", "+4930123450"))
    assert ("menus", "more") in places
    assert ("extensions", "102") in places
    assert {way.label for way in ways} >= {"day", "otherwise", "key 1", "key 2", "no answer", "then"}
    found = picture(dialplan, "+4930123450")
    text = mermaid(found)
    assert text.startswith("flowchart LR\n")
    assert '-->|"day"|' in text
    root = ElementTree.fromstring(svg(found))  # noqa: S314 - our own
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) == len(found.boxes)


def test_a_name_cannot_break_a_picture() -> None:
    found = picture(plan(TEXT.replace("name: Sales", "name: '<b>\"Sales\"'")), "+4930123450")
    ElementTree.fromstring(svg(found))  # noqa: S314 - our own
    assert '""' not in mermaid(found)


def test_what_nothing_leads_to() -> None:
    text = TEXT.replace("announcements:\n", "announcements:\n  lost: {say: Nobody hears this.}\n")
    assert [place.key for place in unreachable(plan(text))] == ["lost"]
    (warning,) = plan(text).warnings
    assert "no call ever comes to the announcement lost" in str(warning)


def test_ways_out() -> None:
    text = TEXT.replace("2: more}", '2: more, 3: "+491711"}').replace(
        "geheimnis-3,", 'geheimnis-3, rights: {outside: off}, forward: {busy: "+491712"},'
    )
    text = text.replace("geheimnis-2,", 'geheimnis-2, mobile: "+491713",')
    found = {(one.how, one.who, one.where): one.came_by for one in exposures(plan(text))}
    assert found["the file itself", "any caller, key 3", "+491711"] == ("+4930123450",)
    assert found["the mobile that rings along", "102", "+491713"] == ("+4930123450",)
    assert ("transfer", "101", "any number") in found
    assert not any(who == "103" for _, who, _ in found), "its rights close every way"


def test_an_outside_line_by_pin_is_a_way_out() -> None:
    text = """\
version: 1
domain: office.example
country: DE
trunks: {carrier: {server: 203.0.113.9, prefix: 0}}
disa: {}
classes_of_service: {all: {outside: on}, none: {outside: off}}
extensions:
  101: {password: ikuJ3hee4xoo, class_of_service: all, disa_pin: "482913"}
  102: {password: ikuJ3hee4xoo, class_of_service: none, disa_pin: "182914"}
  103: {password: ikuJ3hee4xoo, class_of_service: all}
numbers:
  "+4930123450": disa
  "+4930123451": help
queues: {help: {agents: [103], then: "101"}}
"""
    found = list(exposures(load_text(text, Path("office.yaml"), {})))
    by_pin = [(one.who, one.where, one.came_by, one.line) for one in found if "pin" in one.how]
    assert by_pin == [("whoever knows the pin of 101", "any number", ("+4930123450",), 8)]
    assert any(one.who == "103" and one.came_by == ("+4930123451",) for one in found)


def test_a_way_to_the_boxes_and_to_another_office() -> None:
    text = """\
domain: office.example
country: DE
trunks: {carrier: {server: 203.0.113.9, prefix: 0}}
offices: {hamburg: {server: 192.0.2.40, numbers: ["3xx"], rights: {outside: [mobile, national]}}}
extensions:
  101: {password: ikuJ3hee4xoo, rights: {outside: off}, voicemail: {pin: "4711"}}
numbers:
  "+4930123450": {noon: voicemail, otherwise: 301}
  "+4930123451": main
modes: {noon: {hours: "9:00-18:00"}}
menus: {main: {prompt: Welcome., keys: {1: voicemail, 2: 101, 3: "301"}}}
"""
    (only,) = exposures(plan(text))
    assert (only.who, only.where, only.came_by) == ("anybody in hamburg", "a number in Germany", ("hamburg",))
    later = plan(text.replace("Welcome.", "Good day."))
    assert list(caller_changes(plan(text), later, START)) == [
        "Number +4930123451: its callers can come to what changes: menu main."
    ]
