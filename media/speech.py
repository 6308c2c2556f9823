"""Texts made into speech: by a neural voice where one is installed, else by espeak-ng.

Takes its time, from 0.05 s a phrase (espeak-ng) to 1 s for the first one (neural): never on the loop.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import numpy as np

from media.level import to_amplitude
from media.samples import Samples, count
from media.wav import AudioFileError, Sound, read

PROGRAM: Final = "espeak-ng"
_PACE = "150"
"""Words a minute: slower than espeak-ng's own 175, since nobody sees the speaker's lips."""
_QUIET = -45.0
"""dBFS: what is below at either end is cut off."""
_MARGIN = 0.03
_LOOK = 0.1
"""Seconds between two looks whether to give up."""


class SpeechError(Exception):
    """A text cannot be spoken. Carries what is wrong and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the engine, and its name for the voice."""

    engine: Literal["neural", "espeak-ng"]
    name: str


def voice_for(language: str) -> Voice:
    """The best voice here for a language (BCP 47), by its first subtag."""
    base = language.partition("-")[0].lower()
    if base == "en":
        return Voice("neural", "heart") if find_spec("hibari") else Voice(PROGRAM, "en-us")
    return Voice(PROGRAM, base)


def speak(
    texts: Sequence[str], voice: Voice, within: float, cancelled: threading.Event | None = None
) -> list[Sound]:
    """Each text as sound, without silence at its ends, within so many seconds. Raises SpeechError.

    Setting `cancelled`, from another thread, ends it with a SpeechError soon.
    """
    limit = _Limit(time.monotonic() + within, cancelled or threading.Event())
    if voice.engine == "neural":
        return _neural(texts, limit)
    return [_espeak(text, voice.name, limit) for text in texts]


@dataclass(frozen=True, slots=True)
class _Limit:
    """When to give up."""

    deadline: float
    cancelled: threading.Event

    def check(self) -> None:
        """Raises SpeechError when it is time."""
        if self.cancelled.is_set():
            raise SpeechError("speaking was cancelled", "ask again")
        if time.monotonic() > self.deadline:
            raise SpeechError("speaking takes too long", "see whether the machine is overloaded")


def _neural(texts: Sequence[str], limit: _Limit) -> list[Sound]:
    with _folder() as folder:
        lines = "\n".join(" ".join(text.split()) for text in texts)
        _run([sys.executable, "-m", "media.neural", str(folder)], lines, limit)
        return [_trimmed(folder / f"{number}.wav") for number in range(len(texts))]


def _espeak(text: str, name: str, limit: _Limit) -> Sound:
    if shutil.which(PROGRAM) is None:
        raise SpeechError(f"there is no program {PROGRAM}", f"install the package {PROGRAM}")
    with _folder() as folder:
        file = folder / "speech.wav"
        # By standard input: a text that begins with a dash is no option.
        _run([PROGRAM, "-v", name, "-s", _PACE, "-w", str(file), "--stdin"], text, limit)
        return _trimmed(file)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="softswitch-speech-") as name:
        yield Path(name)


def _run(command: list[str], text: str, limit: _Limit) -> None:
    limit.check()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise SpeechError(f"{command[0]} cannot be run: {error.strerror}", "see its rights") from error
    with process:
        complaint = _complaint(process, text, limit)
    if process.returncode != 0:
        last = complaint.strip().rpartition("\n")[2] or f"exit code {process.returncode}"
        raise SpeechError(f"{command[0]} has failed: {last}", "run it by hand to see why")


def _complaint(process: "subprocess.Popen[str]", text: str, limit: _Limit) -> str:
    """What it says on its standard error until it ends."""
    given: str | None = text
    while True:
        try:
            return process.communicate(given, timeout=_LOOK)[1]
        except subprocess.TimeoutExpired:
            given = None  # it has been handed over
        try:
            limit.check()
        except SpeechError:
            process.kill()
            process.communicate()
            raise


def _trimmed(file: Path) -> Sound:
    try:
        sound = read(file)
    except AudioFileError as error:
        raise SpeechError("nothing was spoken", "give a text with words in that language") from error
    loud = np.flatnonzero(np.abs(sound.samples) > to_amplitude(_QUIET))
    if not len(loud):
        raise SpeechError("nothing was spoken", "give a text with words in that language")
    margin = count(_MARGIN, sound.rate)
    samples: Samples = sound.samples[max(0, loud[0] - margin) : loud[-1] + 1 + margin]
    return Sound(samples, sound.rate)
