"""`softswitch why`: one page on one call, out of the database alone."""

import json
from pathlib import Path

import pytest

from softswitch.records import store
from softswitch.records.derive import derive
from softswitch.records.events import CallEnded, CallEvent, DeviceEnded, LegClosed
from softswitch.reports.remedies import REMEDIES
from softswitch.routing.outcome import Blame, Outcome
from tests.cli.fake import Command
from tests.records.calls import T, call


def busy(name: str) -> list[CallEvent]:
    outcome = Outcome.BUSY
    started, routed, called, *_ = call(name)
    return [
        started,
        routed,
        called,
        DeviceEnded(T + 0.2, name, "102", 486, "Busy Here", f"{name}-b"),
        CallEnded(T + 0.3, name, outcome.value, outcome.blame.value, outcome.words, outcome.status, ""),
    ]


def talked(name: str, received: int, lost: int) -> list[CallEvent]:
    events = call(name)
    sound = [
        LegClosed(T + 64, name, number, "", "udp", f"{name}-{leg}", "PCMA", False, got, 3000, gone, 3.0, 20.0)
        for number, leg, got, gone in (("101", "a", 3000, 0), ("102", "b", received, lost))
    ]
    return [*events[:-1], *sound, events[-1]]


def silent(event: CallEvent) -> CallEvent:
    return event._replace(received=0) if isinstance(event, LegClosed) else event


@pytest.fixture
def records(folder: Path) -> Path:
    state = folder / "state"
    state.mkdir()
    stories = [
        busy("x-1"),
        talked("x-2", 3000, 2),
        talked("x-3", 2500, 500),
        talked("x-4", 0, 0),
        [silent(event) for event in talked("x-5", 0, 0)],
        busy("x-11"),
    ]
    late = [event._replace(at=event.at + 100) for event in talked("y-1", 3000, 0)]
    engine = store.open_engine(store.database_url(state, None))
    store.migrate(engine)
    with engine.begin() as connection:
        store.write(connection, [derive(story) for story in [*stories, late]])
    engine.dispose()
    return state


def test_who_was_busy(softswitch: Command, records: Path) -> None:
    shown = softswitch("why", "x-1").stdout
    assert "The called person was busy: 102 at 192.0.2.2:5060 said 486 Busy Here." in shown
    assert "Whose side it was: the called side." in shown
    axis = [line.split(maxsplit=1)[1] for line in shown.splitlines() if line.strip().startswith("+")]
    assert axis == [
        "ring 102: 102 is the extension of Boris (line 12)",
        "101 calls from 192.0.2.1:5060",
        "102 is called at 192.0.2.2:5060",
        "102 ended with 486 Busy Here",
        "the call ends: busy",
    ]


def test_remedies_are_for_outcomes_that_somebody_can_mend() -> None:
    blameless = [outcome for outcome in REMEDIES if outcome.blame is Blame.NOBODY]
    assert not blameless
    assert all(outcome in REMEDIES for outcome in Outcome if outcome.blame is Blame.TRUNK)


@pytest.mark.parametrize(
    ("name", "said", "side"),
    [
        ("x-2", "Nothing went wrong: They talked", "nobody's"),
        ("x-3", "102 was heard badly: 16.7% of the packets were lost", "the phone or the network of 102"),
        ("x-4", "no sound ever came from 102", "the phone or the network of 102"),
        ("x-5", "no sound ever came from either", "the network, or the switch's place in it"),
        ("last", "Nothing went wrong", "nobody's"),
    ],
)
def test_how_it_sounded(softswitch: Command, records: Path, name: str, said: str, side: str) -> None:
    answer = json.loads(softswitch("why", name, "--json").stdout)
    assert said in answer["verdict"]
    assert answer["side"] == side
    shown = softswitch("why", name).stdout
    assert ("\nWhat to do: " in shown) == (side != "nobody's") == bool(answer["remedy"])
    assert "PCMA" in shown
    assert "Waited 0:04, talked 1:00." in shown


def test_no_such_call(softswitch: Command, records: Path) -> None:
    done = softswitch("why", "z")
    assert done.exit_code != 0
    assert "no call 'z' is in the records" in done.stderr
    assert "'x-' fits 6 calls" in softswitch("why", "x-").stderr
