"""What goes when: by age, by size, by the disk."""

from pathlib import Path

from structlog.testing import capture_logs

from softswitch.app.keeper_messages import RecordingRules
from softswitch.app.recording_keeper import GIGABYTE, Kept, RecordingKeeper, those_to_delete

FILES = [Kept(Path(name), at, GIGABYTE) for name, at in (("c", 300.0), ("a", 100.0), ("b", 200.0))]


def gone(settings: RecordingRules, now: float = 300.0, free: int = 100 * GIGABYTE) -> str:
    return "".join(str(one.path) for one in those_to_delete(FILES, settings, now, free))


def test_by_age() -> None:
    assert gone(RecordingRules()) == ""
    assert gone(RecordingRules(keep=150.0)) == "a"
    assert gone(RecordingRules(keep=60.0), now=1000.0) == "abc"


def test_by_size() -> None:
    assert gone(RecordingRules(max_gigabytes=2)) == "a"
    assert gone(RecordingRules(max_gigabytes=3)) == ""


def test_by_what_is_free() -> None:
    settings = RecordingRules(min_free_gigabytes=3, when_full="oldest")
    assert gone(settings, free=GIGABYTE) == "ab"
    assert gone(RecordingRules(min_free_gigabytes=3), free=GIGABYTE) == "", "it stops instead"


def test_it_warns_stops_and_goes_on(tmp_path: Path) -> None:
    free = [5 * GIGABYTE]
    keeper = RecordingKeeper(tmp_path, lambda: free[0])
    settings = RecordingRules(min_free_gigabytes=2)
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "x.flac").write_bytes(b"")
    (tmp_path / "day" / "y.left").write_bytes(b"")
    told = []
    with capture_logs() as logs:
        for now in (5, 3, 3, 1, 1, 5):
            free[0] = now * GIGABYTE
            told.append(keeper.look(settings, 1e12).full)
    assert told == [False, False, False, True, True, False]
    assert [line["log_level"] for line in logs] == ["warning", "error", "info"]
    with capture_logs():
        assert keeper.look(RecordingRules(keep=60.0), 1e12).deleted == ["day/x.flac"]
    assert [path.name for path in (tmp_path / "day").iterdir()] == ["y.left"], "what is being made stays"
