"""Texts made into speech: by a neural voice where one is installed, else by espeak-ng.

Takes its time, from 0.05 s a phrase (espeak-ng) to 1 s for the first one (neural): never on the loop.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from media.errors import AudioFileError, SpeechError
from media.level import to_amplitude
from media.samples import Samples, count
from media.voices import PROGRAM, Voice
from media.wav import Sound, read

_PACE = "150"
"""Words a minute: slower than espeak-ng's own 175, since nobody sees the speaker's lips."""
_QUIET = -45.0
"""dBFS: what is below at either end is cut off."""
_MARGIN = 0.03


def speak(texts: Sequence[str], voice: Voice, within: float) -> list[Sound]:
    """Each text as sound, without silence at its ends, within so many seconds. Raises SpeechError."""
    deadline = time.monotonic() + within
    if voice.engine == "neural":
        return _neural(texts, deadline)
    return [_espeak(text, voice.name, deadline) for text in texts]


def _neural(texts: Sequence[str], deadline: float) -> list[Sound]:
    with _folder() as folder:
        lines = "\n".join(" ".join(text.split()) for text in texts)
        _run([sys.executable, "-m", "media.neural", str(folder)], lines, deadline)
        return [_trimmed(folder / f"{number}.wav") for number in range(len(texts))]


def _espeak(text: str, name: str, deadline: float) -> Sound:
    if shutil.which(PROGRAM) is None:
        raise SpeechError(f"there is no program {PROGRAM}", f"install the package {PROGRAM}")
    with _folder() as folder:
        file = folder / "speech.wav"
        # By standard input: a text that begins with a dash is no option.
        _run([PROGRAM, "-v", name, "-s", _PACE, "-w", str(file), "--stdin"], text, deadline)
        return _trimmed(file)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="softswitch-speech-") as name:
        yield Path(name)


def _run(command: list[str], text: str, deadline: float) -> None:
    try:
        done = subprocess.run(
            command,
            input=text,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            timeout=max(0.001, deadline - time.monotonic()),
            check=False,
        )
    except subprocess.TimeoutExpired:
        remedy = "see whether the machine is overloaded"
        raise SpeechError("speaking takes too long", remedy) from None
    except OSError as error:
        raise SpeechError(f"{command[0]} cannot be run: {error.strerror}", "see its rights") from error
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise SpeechError(f"{command[0]} has failed: {last}", "run it by hand to see why")


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
