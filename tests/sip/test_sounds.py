"""Players and recorders in the real engine: what they play and write, when they end; nothing leaks."""

import asyncio
import gc
import os
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from media.samples import Samples
from media.spectrum import frequencies_in, glitches
from media.tones import sine
from media.wav import read, write
from softswitch.sip import endings, player, tap
from softswitch.sip.engine import Engine
from softswitch.sip.errors import EngineFailure, OutOfResources
from softswitch.sip.hearing import NOWHERE
from softswitch.sip.player import Player
from softswitch.sip.recorder import Recorder
from softswitch.sip.settings import EngineSettings, ListenerSettings
from tests.rig.ports import new_address
from tests.rig.waiting import until

RATE = 8000


class Nobody:
    """A Reception that is never asked."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        raise AssertionError(f"no request was sent, and yet {name}")


def started() -> Engine:
    """PJSIP with nobody calling."""
    settings = EngineSettings(
        domain="office.example",
        listeners=(ListenerSettings("udp", new_address(), 5060),),
        rtp_ports=(40000, 40099),
        codecs=("pcma",),
        max_legs=8,
    )
    engine = Engine(settings, Nobody())  # type: ignore[arg-type]
    engine.start()
    return engine


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """One that is stopped after the test."""
    one = started()
    yield one
    one.stop()


@pytest.fixture
def tone(tmp_path: Path) -> Callable[..., Path]:
    """`tone(440, 0.3)` writes a file of that sine."""

    def make(frequency: float, seconds: float, rate: int = RATE) -> Path:
        path = tmp_path / f"{frequency}-{seconds}-{rate}.wav"
        write(path, sine(frequency, seconds, rate), rate)
        return path

    return make


def connect(source: int, sink: int) -> None:
    tap.check("connect", tap.lib.tap_connect(source, sink))


async def played(recorder: Recorder, *arguments: object) -> Samples:
    """What a recorder hears of a player, from its beginning to its end."""
    over = asyncio.Event()
    one = Player(arguments[0], over.set)  # type: ignore[arg-type]
    connect(one.slot, recorder.slot)
    async with asyncio.timeout(10):
        await over.wait()
    one.close()
    await recorder.complete()
    return read(recorder.path).samples


async def test_a_file_is_heard_whole_and_its_end_is_told(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    heard = await played(Recorder(tmp_path / "heard.wav"), tone(440, 0.5))
    loud = np.flatnonzero(np.abs(heard) > 0.001)
    assert 0.49 < (loud[-1] - loud[0]) / RATE < 0.51
    assert frequencies_in(heard, RATE, [440, 700]) == {440}


async def test_files_follow_each_other_without_a_gap(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    # 0.505 s is no whole number of frames, and the sine goes on where it was: 440 Hz has 222.2 waves in it.
    whole = sine(440, 1.0, RATE)
    for index, part in enumerate((whole[:4040], whole[4040:5003], whole[5003:])):
        write(tmp_path / f"part-{index}.wav", part, RATE)
    parts = [tmp_path / f"part-{index}.wav" for index in range(3)]
    heard = await played(Recorder(tmp_path / "heard.wav"), parts)
    loud = np.flatnonzero(np.abs(heard) > 0.001)
    assert 0.99 < (loud[-1] - loud[0]) / RATE < 1.01
    assert glitches(heard[loud[0] : loud[-1]], RATE, 440) == []


async def test_a_file_at_another_rate_is_resampled_by_the_bridge(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    heard = await played(Recorder(tmp_path / "heard.wav"), tone(700, 0.4, 16000))
    assert frequencies_in(heard, RATE, [440, 700, 1400]) == {700}


async def test_a_loop_goes_on_and_its_end_is_never_told(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    told = []
    looping = Player(tone(500, 0.1), lambda: told.append(1), loop=True)
    recorder, once = Recorder(tmp_path / "heard.wav"), asyncio.Event()
    clock = Player(tone(300, 0.6), once.set)
    connect(looping.slot, recorder.slot)
    connect(clock.slot, NOWHERE.slot)
    async with asyncio.timeout(10):
        await once.wait()
    looping.close()
    clock.close()
    await recorder.complete()
    heard = read(recorder.path).samples
    loud = np.flatnonzero(np.abs(heard) > 0.001)
    assert (loud[-1] - loud[0]) / RATE > 0.5
    assert told == []


async def test_nobody_listens_and_yet_the_end_is_told(
    engine: Engine, tone: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "GRACE", 0.1)
    told: list[int] = []
    one = Player(tone(440, 0.1), lambda: told.append(1))
    await until(lambda: bool(told), "the backstop", 2)
    connect(one.slot, NOWHERE.slot)
    other = asyncio.Event()
    second = Player(tone(440, 0.3), other.set)
    connect(second.slot, NOWHERE.slot)
    await asyncio.wait_for(other.wait(), 5)
    assert told == [1], "the real end came later and is not told again"
    one.close()
    second.close()


async def test_after_close_nothing_is_told(engine: Engine, tone: Callable[..., Path]) -> None:
    """Closed at every moment around the end of the file."""
    path, told, late = tone(440, 0.04), [], []
    for delay in range(40):
        closed = asyncio.Event()
        one = Player(path, lambda closed=closed: late.append(1) if closed.is_set() else told.append(1))  # type: ignore[misc]
        connect(one.slot, NOWHERE.slot)

        def close(one: Player = one, closed: asyncio.Event = closed) -> None:
            one.close()
            one.close()
            closed.set()

        asyncio.get_running_loop().call_later(0.03 + delay * 0.002, close)
        await asyncio.wait_for(closed.wait(), 5)
    last = asyncio.Event()
    one = Player(path, last.set)
    connect(one.slot, NOWHERE.slot)
    await asyncio.wait_for(last.wait(), 5)
    one.close()
    assert late == []
    assert told, "some ended before they were closed"


async def test_closing_from_its_own_end(engine: Engine, tone: Callable[..., Path]) -> None:
    path, over = tone(440, 0.05), asyncio.Event()
    players: list[Player] = []

    def next_one() -> None:
        if players:
            players[-1].close()
        if len(players) == 10:
            over.set()
            return
        players.append(Player(path, next_one))
        connect(players[-1].slot, NOWHERE.slot)

    next_one()
    await asyncio.wait_for(over.wait(), 10)
    assert len(players) == 10


async def test_no_leak_after_a_thousand(engine: Engine, tone: Callable[..., Path], tmp_path: Path) -> None:
    """Descriptors, places in the bridge, and memory."""
    path, slots = tone(440, 0.1), set()
    before, memory = descriptors(), 0
    for turn in range(50):
        recorders = [Recorder(tmp_path / f"{number}.wav") for number in range(20)]
        for recorder in recorders:
            one = Player([path, path])
            connect(one.slot, recorder.slot)
            slots |= {one.slot, recorder.slot}
            one.close()
        await asyncio.gather(*(recorder.complete() for recorder in recorders))
        if turn == 25:
            memory = resident()
    await until(lambda: descriptors() == before, "all descriptors closed", 5)
    assert max(slots) < 100, "places in the bridge are used again"
    gc.collect()
    assert resident() - memory < 4 << 20


async def test_too_many_are_refused_and_room_comes_back(engine: Engine, tone: Callable[..., Path]) -> None:
    path = tone(440, 0.1)
    open_players = [Player(path) for _ in range(endings.MOST)]
    with pytest.raises(OutOfResources, match="512 sounds"):
        Player(path)
    assert len({one.slot for one in open_players}) == endings.MOST
    for one in open_players:
        one.close()
    over = asyncio.Event()
    again = Player(path, over.set)
    connect(again.slot, NOWHERE.slot)
    await asyncio.wait_for(over.wait(), 5)
    again.close()


async def test_many_end_at_once(engine: Engine, tone: Callable[..., Path]) -> None:
    path, ended = tone(440, 0.2), []
    players = [Player(path, lambda n=n: ended.append(n)) for n in range(300)]  # type: ignore[misc]
    for one in players:
        connect(one.slot, NOWHERE.slot)
    await until(lambda: len(ended) == 300, "all have ended", 10)
    assert sorted(ended) == list(range(300))
    for one in players:
        one.close()


async def test_a_failing_listener_is_its_own_failure(engine: Engine, tone: Callable[..., Path]) -> None:
    path, second = tone(440, 0.05), asyncio.Event()

    def fail() -> None:
        raise RuntimeError("of the test")

    players = [Player(path, fail), Player(path, second.set)]
    for one in players:
        connect(one.slot, NOWHERE.slot)
    await asyncio.wait_for(second.wait(), 5)
    for one in players:
        one.close()


async def test_what_cannot_be_played_is_refused(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    before = descriptors()
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"no sound at all, and longer than a header would be" * 3)
    stereo = tmp_path / "stereo.wav"
    with wave.open(str(stereo), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"\0" * 3200)
    for files in (noise, stereo, [], tmp_path / "none.wav", tmp_path, [tone(1, 1), tone(1, 1, 16000)]):
        with pytest.raises(EngineFailure):
            Player(files)  # type: ignore[arg-type]
    with pytest.raises(EngineFailure):
        Recorder(tmp_path / "no" / "such.wav")
    assert descriptors() == before
    assert endings.open_count() == 0


async def test_a_file_that_shrinks_while_it_plays_ends(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    path, over = tone(440, 3.0), asyncio.Event()
    one = Player(path, over.set)
    os.truncate(path, 20000)
    connect(one.slot, NOWHERE.slot)
    await asyncio.wait_for(over.wait(), 10)
    one.close()


async def test_a_recording_is_valid_before_it_is_complete(
    engine: Engine, tone: Callable[..., Path], tmp_path: Path
) -> None:
    recorder, over = Recorder(tmp_path / "heard.wav"), asyncio.Event()
    one = Player(tone(440, 1.6), over.set)
    connect(one.slot, recorder.slot)
    await asyncio.wait_for(over.wait(), 10)
    sofar = read(recorder.path)
    assert sofar.seconds > 0.9, "as a kill would leave it"
    assert frequencies_in(sofar.samples, RATE, [440, 700]) == {440}
    one.close()
    await recorder.complete()
    await recorder.complete()
    with wave.open(str(recorder.path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.getnframes() / RATE > 1.55


async def test_a_full_disk_is_told_in_the_end(engine: Engine, tone: Callable[..., Path]) -> None:
    with pytest.raises(EngineFailure):
        Recorder(Path("/dev/full"))


async def test_the_engine_closes_what_is_left_open(tone: Callable[..., Path], tmp_path: Path) -> None:
    engine = started()
    one, recorder = Player(tone(440, 5.0)), Recorder(tmp_path / "left.wav")
    connect(one.slot, recorder.slot)
    engine.stop()
    one.close()
    recorder.close()
    assert read_header(recorder.path) == RATE


def read_header(path: Path) -> int:
    with wave.open(str(path)) as file:
        return file.getframerate()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
