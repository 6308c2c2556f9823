"""A stage is made once, whole or not at all, and by one builder at a time."""

import os
import threading
from pathlib import Path

import pytest
from builder.cache import Cache, fingerprint
from builder.errors import BuildError


def test_a_stage_is_made_once(tmp_path: Path) -> None:
    cache, made = Cache(tmp_path), list[Path]()

    def make(_work: Path, result: Path) -> None:
        made.append(result)
        (result / "file").write_text("whole")

    assert cache.once("stage", make) == cache.once("stage", make) == tmp_path / "stage"
    assert len(made) == 1
    assert (tmp_path / "stage" / "file").read_text() == "whole"


def test_a_failed_build_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def fail(_work: Path, result: Path) -> None:
        (result / "half").touch()
        raise BuildError("the compiler fell over")

    cache = Cache(tmp_path)
    with pytest.raises(BuildError, match="fell over"):
        cache.once("stage", fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locks"]
    cache.once("stage", lambda _work, result: (result / "whole").touch())
    assert [path.name for path in (tmp_path / "stage").iterdir()] == ["whole"]


def test_what_a_killed_build_left_is_not_taken_over(tmp_path: Path) -> None:
    left = tmp_path / ".building-stage" / "result"
    left.mkdir(parents=True)
    (left / "half").touch()
    Cache(tmp_path).once("stage", lambda _work, result: (result / "whole").touch())
    assert [path.name for path in (tmp_path / "stage").iterdir()] == ["whole"]


def test_two_builders_of_one_stage_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, queued, go_on, made = threading.Event(), threading.Event(), threading.Event(), list[str]()
    monkeypatch.setattr("builder.cache.say", lambda _text: queued.set())

    def slow(_work: Path, result: Path) -> None:
        made.append("first")
        begun.set()
        assert go_on.wait(10)
        (result / "file").touch()

    def second() -> None:
        Cache(tmp_path).once("stage", lambda _work, _result: made.append("second"))

    first = threading.Thread(target=lambda: Cache(tmp_path).once("stage", slow))
    first.start()
    assert begun.wait(10)
    waiting = threading.Thread(target=second)
    waiting.start()
    assert queued.wait(10)
    go_on.set()
    first.join(10)
    waiting.join(10)
    assert made == ["first"]


def test_only_the_newest_wheels_are_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for age, name in enumerate(("wheel-a", "wheel-b", "wheel-c", "pjproject-1")):
        os.utime(cache.once(name, lambda _work, _result: None), (1000 + age, 1000 + age))
    cache.prune("wheel-", keep=2)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "locks") == [
        "pjproject-1",
        "wheel-b",
        "wheel-c",
    ]


def test_the_fingerprint_tells_every_part_apart() -> None:
    one = fingerprint({"source": "a", "config_site": "b"})
    assert one == fingerprint({"config_site": "b", "source": "a"})
    assert one != fingerprint({"source": "a", "config_site": "c"})
    assert one != fingerprint({"source": "b", "config_site": "a"})
