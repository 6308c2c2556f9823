"""Sound is made by another process: what it answers, what it raises, how it dies, that it goes."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from media.errors import AudioFileError, SpeechError
from media.studio import GivenUp, Studio, StudioError
from tests.rig.waiting import until

HERE = "tests.media.test_studio"


def whereabouts() -> int:
    return os.getpid()


def refuse(path: Path) -> None:
    raise AudioFileError(path, "is broken", "mend it")


def be_mute(problem: str) -> None:
    raise SpeechError(problem, "speak")


def die() -> None:
    os._exit(3)


def take_long(ready: str) -> None:
    Path(ready).touch()
    threading.Event().wait()


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


async def ended(pid: int) -> None:
    await until(lambda: not Path(f"/proc/{pid}").exists(), f"process {pid} is over")


async def test_work_is_done_elsewhere_by_one_process_that_goes_when_there_is_no_more() -> None:
    studio = Studio(idle=0.2)
    pid = studio.run(f"{HERE}:whereabouts")
    assert pid != os.getpid()
    assert studio.run(f"{HERE}:whereabouts") == pid
    await ended(pid)
    assert studio.waiting == 0
    assert studio.run(f"{HERE}:whereabouts") not in (pid, os.getpid())


def test_what_is_raised_there_is_raised_here_with_all_it_carries() -> None:
    studio = Studio()
    with pytest.raises(AudioFileError, match=r"a\.wav: is broken; mend it") as broken:
        studio.run(f"{HERE}:refuse", Path("a.wav"))
    assert (broken.value.path, broken.value.problem, broken.value.remedy) == (
        Path("a.wav"), "is broken", "mend it",
    )  # fmt: skip
    with pytest.raises(SpeechError) as mute:
        studio.run(f"{HERE}:be_mute", "no voice")
    assert (mute.value.problem, mute.value.remedy) == ("no voice", "speak")
    with pytest.raises(ModuleNotFoundError):
        studio.run("media.no_such:thing")


async def test_a_process_that_dies_is_told_and_the_next_work_has_another() -> None:
    studio = Studio()
    with pytest.raises(StudioError, match=f"has ended with exit code 3 over {HERE}:die"):
        studio.run(f"{HERE}:die")
    waits = studio.run(f"{HERE}:whereabouts")
    os.kill(waits, 9)
    await until(lambda: Path(f"/proc/{waits}/stat").read_text().split()[2] == "Z", "it is dead")
    assert studio.run(f"{HERE}:whereabouts") != waits


async def test_work_that_is_given_up_ends_its_process(tmp_path: Path) -> None:
    studio, cancelled = Studio(), threading.Event()
    ready = tmp_path / "ready"
    thread, raised = in_thread(lambda: studio.run(f"{HERE}:take_long", str(ready), cancelled=cancelled))
    await until(ready.exists, "the work has begun")
    cancelled.set()
    thread.join(10)
    assert [type(one) for one in raised] == [GivenUp]
    assert studio.waiting == 0
