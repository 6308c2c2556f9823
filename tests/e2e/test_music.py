"""Music by the dialplan, as who is on hold hears it: files of any kind, news between. Prompts beside it."""

import shutil
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import soundfile

import prompts
from media.prompts import Prompts
from media.spectrum import frequencies_in, tones_in
from media.studio import Studio
from media.tones import sine
from softswitch.app.hold_music import HoldMusic
from softswitch.config import Dialplan, load
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import PROMPTS, dialplan

# Rate and kind of each file, and the tone that it holds.
KINDS = {500: (8000, "wav"), 700: (11025, "flac"), 900: (44100, "ogg"), 1100: (48000, "mp3")}
NEWS = 1500


def folder_of_music(folder: Path, seconds: float = 0.9) -> Path:
    folder.mkdir()
    for number, (tone, (rate, kind)) in enumerate(KINDS.items()):
        soundfile.write(folder / f"{number}.{kind}", sine(tone, seconds, rate, -10 - 5 * number), rate)
    return folder


@pytest.mark.parametrize("audio", ["narrowband", "wideband"])
async def test_held_parties_hear_all_files_in_order_and_the_news(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path, audio: str
) -> None:
    address = new_address()
    soundfile.write(tmp_path / "news.wav", sine(NEWS, 0.7, 22050), 22050)
    house = {
        "files": str(folder_of_music(tmp_path / "music")),
        "news": str(tmp_path / "news.wav"),
        "every": "5s",
    }
    switch = await switch_factory(
        address=address, plan=dialplan(address, audio=audio, music={"default": house})
    )
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    await talk.reinvite(anna.media.sdp("sendonly", 2))
    heard = await boris.media.heard(14.0, within=30)
    await disconnect(talk, called)
    tones = [*KINDS, NEWS]
    found = tones_in(heard.samples, heard.rate, tones)
    order = [one.frequency for one in sorted(found, key=lambda one: one.start) if one.seconds > 0.25]
    # It loops, and who is held comes into the middle of it.
    rounds = [tone for tone, _ in groupby(tone for tone in order if tone != NEWS)]
    start = list(KINDS).index(int(rounds[1]))
    assert rounds[1:4] == [(list(KINDS) * 2)[start + step] for step in range(3)]
    assert set(order) == set(tones)
    # Of each tone the clearest hearing: a packet late on a busy machine is no other level.
    levels = [max(one.dbfs for one in found if one.frequency == tone) for tone in KINDS]
    assert max(levels) - min(levels) < 3, "one level, whatever the files had"


def plan_of(folder: Path, music: str) -> Dialplan:
    file = folder / "office.yaml"
    file.write_text(f"domain: a.example\nextensions: {{101: {{password: k7mp-x3wq}}}}\nmusic: {music}\n")
    return load(file)


class Played:
    """Stands for a player: what counts here is when it begins and ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self.tones = frequencies_in(*read(path), [500, 700])

    def close(self) -> None:
        self.closed = True


def read(path: Path) -> tuple[Any, int]:
    samples, rate = soundfile.read(path)
    return samples[:rate], rate


def test_classes_come_change_and_go_without_a_cut_for_running_calls(tmp_path: Path) -> None:
    for tone in (500, 700):
        soundfile.write(tmp_path / f"{tone}.wav", sine(tone, 1.0, 8000), 8000)
    keeper = HoldMusic(tmp_path / "state", 8000, Played)  # type: ignore[arg-type]
    assert keeper.of("jazz") is None
    keeper.change(keeper.prepare(plan_of(tmp_path, "{jazz: {files: 500.wav}}")), ())
    default, jazz = keeper.current, keeper.of("jazz")
    assert isinstance(jazz, Played)
    assert jazz.tones == {500}
    assert default is not jazz
    assert keeper.of("no such") is default

    # Nothing has changed: nothing begins anew.
    keeper.change(keeper.prepare(plan_of(tmp_path, "{jazz: {files: 500.wav}}")), {"call"})
    assert keeper.of("jazz") is jazz

    keeper.change(keeper.prepare(plan_of(tmp_path, "{jazz: {files: 700.wav}}")), {"call"})
    later = keeper.of("jazz")
    assert isinstance(later, Played)
    assert later.tones == {700}
    assert keeper.current is default
    assert not jazz.closed
    assert sorted(tmp_path.glob("state/*.wav")) == sorted([later.path, keeper.current.path])  # type: ignore[union-attr]
    keeper.tidy({"call", "another"})
    assert not jazz.closed
    keeper.tidy({"another"})
    assert jazz.closed

    keeper.change(keeper.prepare(plan_of(tmp_path, "{}")), {"call"})
    assert keeper.of("jazz") is default
    keeper.close()
    assert later.closed
    assert default.closed  # type: ignore[union-attr]


def test_a_player_that_does_not_begin_leaves_all_as_it_was(tmp_path: Path) -> None:
    begun: list[Played] = []

    def play(path: Path) -> Played:
        if len(begun) == 3:
            raise OSError("no place")
        begun.append(Played(path))
        return begun[-1]

    keeper = HoldMusic(tmp_path / "state", 8000, play)  # type: ignore[arg-type]
    keeper.change(keeper.prepare(plan_of(tmp_path, "{}")), ())
    for tone in (500, 700):
        soundfile.write(tmp_path / f"{tone}.wav", sine(tone, 1.0, 8000), 8000)
    soundfile.write(tmp_path / "more.wav", sine(700, 0.5, 8000), 8000)
    new = keeper.prepare(
        plan_of(tmp_path, "{a: {files: 500.wav}, b: {files: 700.wav}, c: {files: more.wav}}")
    )
    with pytest.raises(OSError, match="no place"):
        keeper.change(new, ())
    assert keeper.of("a") is keeper.current is begun[0]
    assert [one.closed for one in begun] == [False, True, True]


def test_texts_are_spoken_between_and_a_text_that_cannot_be_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(function: str, *arguments: Any, **settings: Any) -> Any:
        return Studio().run(function, *arguments, **settings)  # each with the environment of its time

    keeper = HoldMusic(tmp_path / "state", 8000, Played, run)  # type: ignore[arg-type]
    spoken = "{default: {news: Мы открыты., language: ru, every: 10s}}"
    with_news = keeper.prepare(plan_of(tmp_path, spoken))["default"]
    without = keeper.prepare(plan_of(tmp_path, "{}"))["default"]
    assert soundfile.info(with_news).duration > soundfile.info(without).duration + 1
    monkeypatch.setenv("PATH", "/no/such")
    other = plan_of(tmp_path, spoken.replace("открыты", "закрыты"))
    part = keeper.prepare(other)["default"]
    assert soundfile.info(part).duration == pytest.approx(soundfile.info(without).duration, abs=0.1)
    monkeypatch.undo()
    assert keeper.prepare(other)["default"] != part, "the next reload tries again"


async def test_prompts_are_prepared_beside_the_calls(switch_factory: SwitchFactory, tmp_path: Path) -> None:
    first = await switch_factory("first")
    done = await first.wait_event("prompts prepared", within=120)
    assert done["languages"] == ["en"]
    assert "softswitch_pjsip" in first.libraries
    assert "numpy" not in first.libraries, "sound is made in another process"
    own = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    texts = Prompts(own, 8000, [prompts.FOLDER])
    assert texts.prepare(["en"]) == []
    lacking = [*texts.files("en", "goodbye"), *texts.files("en", "nobody-there")]
    for file in lacking:
        file.unlink()
    second = await switch_factory("second", environment={"SOFTSWITCH_PROMPTS": str(own)})
    await second.wait_event("prompts prepared", within=60)
    assert all(soundfile.info(file).duration > 0.1 for file in lacking)


async def test_wrong_texts_refuse_a_reload(switch_factory: SwitchFactory) -> None:
    switch = await switch_factory()
    (switch.file.parent / "prompts").mkdir()
    (switch.file.parent / "prompts" / "en.yaml").write_text("texts: {goodbye: '{x}'}")
    answer = await switch.control_answer("reload")
    assert answer["ok"] is False
    assert "a brace without a slot" in answer["error"]
    (switch.file.parent / "prompts" / "en.yaml").write_text("texts: {goodbye: 'So long.'}")
    assert (await switch.control_answer("reload"))["ok"] is True


async def test_each_holder_has_his_own_class(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    """An extension's, its department's, the house's: in this order."""
    address = new_address()
    for tone in (500, 900, 1500):
        soundfile.write(tmp_path / f"{tone}.wav", sine(tone, 1.0, 8000), 8000)
    plan = dialplan(
        address,
        ("101", "102", "103"),
        music={name: {"files": f"{tmp_path}/{tone}.wav"} for name, tone in MINE.items()},
        departments={"sales": {"members": ["101", "102"], "music": "sales"}},
    )
    plan["extensions"]["101"]["music"] = "anna"
    switch = await switch_factory(address=address, plan=plan)
    phones = [await handset(number, switch) for number in ("101", "102", "103")]
    for holder, tone in zip(phones, (500, 900, 1500), strict=True):
        other = phones[0] if holder is not phones[0] else phones[1]
        talk, called = await connect(holder, other)
        await talk.reinvite(holder.media.sdp("sendonly", 2))
        await other.media.hears({tone}, [500, 900, 1500])
        await disconnect(talk, called)


MINE = {"anna": 500, "sales": 900, "default": 1500}
