"""Call progress tones for parties that are answered already, so that no phone makes the tone by itself."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from media.tones import SIGNALS, ProgressTone, Tone, progress
from media.wav import write


def write_tones(folder: Path, rate: int) -> Mapping[Tone, Path]:
    """A file a tone, one period long, to be played over and over. Raises AudioFileError."""
    cadences: dict[Tone, Path] = {}
    for kind in get_args(Tone):
        cadence = progress(kind) if kind in get_args(ProgressTone) else SIGNALS[kind]
        cadences[kind] = folder / f"tone-{kind}-{rate}.wav"
        write(cadences[kind], cadence.samples(cadence.period, rate), rate)
    return MappingProxyType(cadences)
