"""Call progress tones for parties that are answered already, so that no phone makes the tone by itself."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from media.tones import ProgressTone, progress
from media.wav import write


def write_tones(folder: Path, rate: int) -> Mapping[ProgressTone, Path]:
    """A file a tone, one period long, to be played over and over. Raises AudioFileError."""
    files: dict[ProgressTone, Path] = {}
    for kind in get_args(ProgressTone):
        cadence = progress(kind)
        files[kind] = folder / f"tone-{kind}-{rate}.wav"
        write(files[kind], cadence.samples(cadence.period, rate), rate)
    return MappingProxyType(files)
