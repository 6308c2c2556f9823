"""Music for those who wait: pieces and spoken news between them, rendered as one long file that loops.

Rendered beforehand and piece by piece, so that neither a call nor the memory has to carry it.
"""

import os
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from media.errors import AudioFileError
from media.level import SILENT, normalise, to_amplitude, to_dbfs
from media.music import music
from media.samples import Samples, to_pcm16
from media.tones import silence
from media.wav import SHORTEST, Sound, resample

LONGEST: Final = 1800.0
"""Seconds of the rendered file; what is longer is cut off."""
ROUNDS: Final = 5
"""How often shuffled pieces are dealt anew before it begins from the start."""
GAP: Final = 0.5
"""Seconds between two pieces, and around news."""
_BLOCK: Final = 0.5
"""Seconds of music that fade away before news, and come back after them."""
_CHUNK: Final = 1 << 16
_HEADROOM: Final = 1.0 - 1.0 / 32768.0


@dataclass(frozen=True, slots=True)
class Playlist:
    """What shall be heard. No files: the built-in piece."""

    files: tuple[Path, ...] = ()
    shuffled: bool = False
    news: tuple[Sound, ...] = ()
    every: float = 60.0
    """Seconds of music before the next news."""
    dbfs: float = -20.0
    """Level of every piece and of the news."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out."""

    seconds: float
    cut: bool
    """Not all pieces have room in `LONGEST` seconds."""


def render(playlist: Playlist, target: Path, rate: int, chance: int = 0) -> Rendered:
    """Writes the playlist as 16-bit mono WAV; the same `chance` shuffles in the same way.

    The file appears whole or not at all. Raises AudioFileError.
    """
    pieces = [_Piece(path, rate, playlist.dbfs) for path in playlist.files]
    news = [normalise(resample(one.samples, one.rate, rate), playlist.dbfs) for one in playlist.news]
    return _write(
        _sound(playlist, pieces or [_builtin(rate, playlist.dbfs)], news, rate, chance), target, rate
    )


def _sound(
    playlist: Playlist, pieces: Sequence[Iterable[Samples]], news: Sequence[Samples], rate: int, chance: int
) -> Iterator[Samples]:
    """Rounds of all pieces, until all news have been heard and the shuffled ones are well mixed."""
    rounds = ROUNDS if playlist.shuffled and len(pieces) > 1 else 1
    every, since, heard = playlist.every * rate, 0, 0
    pause = silence(GAP, rate)
    fades_in = False
    for number, order in enumerate(_orders(len(pieces), playlist.shuffled, chance)):
        if number >= rounds and heard >= len(news):
            return
        for index in order:
            for block in pieces[index]:
                since += len(block)
                interrupted = bool(news) and since >= every
                yield _faded(block, fades_in, interrupted)
                if interrupted:
                    yield from (pause, news[heard % len(news)], pause)
                    heard, since = heard + 1, 0
                fades_in = interrupted
            if playlist.files:
                yield pause  # the built-in piece joins its own end


def _orders(count: int, shuffled: bool, chance: int) -> Iterator[list[int]]:
    """Round after round; shuffled, no piece follows itself where one round ends and the next begins."""
    dealer = random.Random(chance)  # noqa: S311 - music, no secret
    order = list(range(count))
    while True:
        if shuffled:
            last = order[-1]
            dealer.shuffle(order)
            if count > 1 and order[0] == last:
                order.append(order.pop(0))
        yield list(order)


def _faded(block: Samples, in_: bool, out: bool) -> Samples:
    if in_ or out:
        ramp = np.linspace(0.0, 1.0, len(block))
        block = block * (ramp if in_ else 1.0) * (ramp[::-1] if out else 1.0)
    return block


def _blocks(chunks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """The same sound in blocks of `size` samples, the last one shorter."""
    rest: Samples = np.zeros(0)
    for chunk in chunks:
        rest = np.concatenate((rest, chunk))
        for start in range(0, len(rest) - size + 1, size):
            yield rest[start : start + size]
        rest = rest[len(rest) - len(rest) % size :]
    if len(rest):
        yield rest


def _builtin(rate: int, dbfs: float) -> list[Samples]:
    return list(_blocks([normalise(music(rate), dbfs)], round(_BLOCK * rate)))


class _Stream(soundfile.SoundFile):  # type: ignore[misc]
    """A sound file read from its beginning to its end.

    soundfile seeks after every read, and an MP3 decoder that is sought begins anew, audibly.
    """

    def seekable(self) -> bool:
        return False


class _Piece:
    """A file as blocks at the bridge's rate and at one level, read anew each time."""

    def __init__(self, path: Path, rate: int, dbfs: float) -> None:
        self._path = path
        self._rate = rate
        self._gain = self._measure(dbfs)

    def __iter__(self) -> Iterator[Samples]:
        return _blocks(self._resampled(), round(_BLOCK * self._rate))

    def _measure(self, dbfs: float) -> float:
        power, peak, count, rate = 0.0, 0.0, 0, 1
        for chunk, rate in self._read():  # noqa: B007 - the last one is used below
            if not np.all(np.isfinite(chunk)):
                raise AudioFileError(self._path, "holds values that are no numbers", "export it again")
            power += float(np.sum(np.square(chunk)))
            peak = max(peak, float(np.max(np.abs(chunk), initial=0.0)))
            count += len(chunk)
        if count < SHORTEST * rate:
            raise AudioFileError(self._path, f"holds {count / rate:.3f} s of sound", "record some seconds")
        level = to_dbfs((power / count) ** 0.5)
        return 1.0 if level <= SILENT else min(to_amplitude(dbfs - level), _HEADROOM / peak)

    def _resampled(self) -> Iterator[Samples]:
        stream: soxr.ResampleStream | None = None
        for chunk, rate in self._read():
            stream = stream or soxr.ResampleStream(rate, self._rate, 1, dtype="float64", quality="HQ")
            yield stream.resample_chunk(chunk * self._gain)
        if stream is not None:
            yield stream.resample_chunk(np.zeros(0), last=True)

    def _read(self) -> Iterator[tuple[Samples, int]]:
        """Mono chunks and their rate in Hz. Raises AudioFileError."""
        try:
            with _Stream(self._path) as file:
                while len(chunk := file.read(_CHUNK, dtype="float64", always_2d=True)):
                    yield chunk.mean(axis=1), file.samplerate
        except (soundfile.LibsndfileError, OSError) as error:
            raise AudioFileError(
                self._path,
                f"not readable as sound ({error})",
                "save it as WAV, FLAC, Ogg or MP3 and check its file rights",
            ) from error


def _write(sound: Iterator[Samples], target: Path, rate: int) -> Rendered:
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".tmp")
    except OSError as error:
        raise AudioFileError(
            target, f"cannot be written ({error.strerror})", "make the folder or its rights fit"
        ) from error
    temporary, written, cut = Path(name), 0, False
    try:
        with (
            os.fdopen(handle, "wb") as raw,
            soundfile.SoundFile(raw, "w", rate, 1, subtype="PCM_16", format="WAV") as file,
        ):
            for block in sound:
                cut = written + 2 * len(block) > LONGEST * rate
                file.write(to_pcm16(_faded(block, False, cut)))
                written += len(block)
                if cut:
                    break
        temporary.chmod(0o644)
        temporary.replace(target)
    except (soundfile.LibsndfileError, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise AudioFileError(
            target, f"cannot be written ({error})", "see whether the disk is full"
        ) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Rendered(written / rate, cut)
