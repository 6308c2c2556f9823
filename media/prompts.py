"""Prompts as files: own recordings before synthesis, all prepared beforehand, so that no call waits."""

import fcntl
import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media import studio
from media.earcons import EARCONS
from media.errors import AudioFileError, SpeechError
from media.phrases import Piece, Texts, TextsError, own_piece, read_texts, split
from media.voices import Voice, voice_for

LEVEL = -20.0
"""dBFS (RMS) of every prompt, recorded or synthesised."""
FALLBACK = "en"
"""Spoken where a language has no texts."""
FORMATS = (".wav", ".flac", ".ogg", ".mp3")
PREPARATION = 600.0
"""Seconds that a language may take to be prepared."""
_BATCH = 20
"""Texts that are spoken in one go: what is cut off goes on from there the next time."""
_LOOK = 0.2
"""Seconds between two looks whether another switch is ready."""
_MAKING = "1"
"""Part of every cached file's name: another number makes all of them anew."""


class NotPrepared(Exception):  # noqa: N818 - names what is the case
    """Some pieces have no sound yet: `Prompts.make` them, off the loop."""

    def __init__(self, language: str, pieces: Sequence[Piece]) -> None:
        super().__init__(f"{language}: {', '.join(repr(piece.said) for piece in pieces)}")
        self.language = language
        self.pieces = tuple(pieces)


@dataclass(frozen=True, slots=True)
class PromptInfo:
    """One prompt, for an operator. `recordings` are his own files; none of them: all is synthesised."""

    name: str
    language: str
    text: str
    recordings: tuple[Path, ...]


class Prompts:
    """All languages at one rate. `files` is for the loop, everything else takes its time.

    `folders` hold LANGUAGE.yaml (texts) and LANGUAGE/NAME.wav (own recordings); a later folder wins.
    """

    def __init__(self, cache: Path, rate: int, folders: Sequence[Path], run: studio.Run = studio.run) -> None:
        """Reads the texts; `cache` takes what is made, by `run`. Raises TextsError."""
        self._run = run
        self._cache = cache
        self._rate = rate
        self._folders = tuple(folders)
        self._ready: dict[tuple[str, Piece], Path] = {}
        self._making = threading.Lock()
        self._cancelled = threading.Event()
        names = {file.stem for folder in folders for file in folder.glob("*.yaml")}
        self._texts = {name: self._read(name) for name in sorted(names | {FALLBACK})}

    def _read(self, language: str) -> Texts:
        files = [folder / f"{language}.yaml" for folder in self._folders]
        found = [file for file in files if file.is_file()]
        if not found:
            raise TextsError(files[0], "there is no such file", "restore it: it came with the switch")
        return read_texts(found, language)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that have texts."""
        return tuple(self._texts)

    def language(self, tag: str) -> str:
        """The language that is spoken to who wants `tag` (BCP 47): itself, its base, or English."""
        for name in (tag, tag.partition("-")[0].lower()):
            if name in self._texts:
                return name
        return FALLBACK

    # ---- for the loop ----

    def files(self, language: str, name: str, /, **slots: object) -> list[Path]:
        """What to play for a prompt, one file after the other: at once, without a look at the disk.

        Raises NotPrepared when a piece has no sound yet, KeyError for an unknown prompt or a slot not given.
        """
        spoken = self.language(language)
        return self._found(spoken, self._pieces(spoken, name, slots))

    def own_files(self, language: str, items: Iterable[Path | str]) -> list[Path]:
        """The same for the operator's own words: texts in that language (BCP 47), and recordings.

        Raises NotPrepared.
        """
        return self._found(language, [own_piece(item) for item in items])

    def _found(self, language: str, pieces: Sequence[Piece]) -> list[Path]:
        lacking = [piece for piece in pieces if (language, piece) not in self._ready]
        if lacking:
            raise NotPrepared(language, lacking)
        return [self._ready[language, piece] for piece in pieces]

    def _pieces(self, language: str, name: str, slots: dict[str, object]) -> list[Piece]:
        if name in EARCONS:
            return [Piece(name, "")]
        # A text that only English has is still better than none.
        texts = self._texts[language]
        return (texts if name in texts.phrases else self._texts[FALLBACK]).pieces(name, slots)

    # ---- off the loop ----

    def prepare(self, tags: Iterable[str]) -> list[str]:
        """Makes all fixed pieces of these languages; returns what went wrong, in sentences."""
        problems: list[str] = []
        for language in sorted({self.language(tag) for tag in tags}):
            pieces = [*(Piece(name, "") for name in EARCONS), *self._texts[language].fixed()]
            try:
                with self._alone():
                    problems += self._make(language, pieces, PREPARATION)
            except (SpeechError, AudioFileError, OSError) as error:
                problems.append(f"{language}: {error}")
        return problems

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While it lasts no other switch that shares the cache makes the same. SpeechError when cancelled."""
        self._cache.mkdir(parents=True, exist_ok=True)
        with (self._cache / "lock").open("a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if self._cancelled.wait(_LOOK):
                        raise SpeechError("speaking was cancelled", "ask again") from None
            yield

    def prepare_own(self, words: Iterable[tuple[str, Iterable[Path | str]]]) -> list[str]:
        """Makes the operator's own words, by language; returns what went wrong, in sentences."""
        wanted: dict[str, list[Piece]] = {}
        for language, items in words:
            wanted.setdefault(language, []).extend(own_piece(item) for item in items)
        problems: list[str] = []
        for language, pieces in wanted.items():
            try:
                problems += self._make(language, pieces, PREPARATION)
            except (SpeechError, AudioFileError, OSError) as error:
                problems.append(f"{language}: {error}")
        return problems

    def make(self, language: str, pieces: Iterable[Piece], within: float) -> list[str]:
        """Gives these pieces a sound; returns what is wrong with own recordings, in sentences.

        Raises SpeechError, AudioFileError and OSError.
        """
        # One at a time: two calls that want the same name need it spoken once. No preparation holds them up.
        with self._making:
            return self._make(language, pieces, within)

    def cancel(self) -> None:
        """What is being made is given up soon. For another thread."""
        self._cancelled.set()

    def _make(self, language: str, pieces: Iterable[Piece], within: float) -> list[str]:
        self._cache.mkdir(parents=True, exist_ok=True)
        problems: list[str] = []
        unspoken: dict[Path, list[Piece]] = {}
        voice = voice_for(language)
        for piece in dict.fromkeys(pieces):
            if (language, piece) in self._ready:
                continue
            try:
                recorded = self._recorded(language, piece)
            except AudioFileError as error:
                problems.append(f"own recording not used: {error}")
                recorded = None
            if piece.file is not None and recorded is None:
                continue  # nothing can be said instead
            file = recorded or self._cached(piece, voice)
            if not file.is_file() and piece.name in EARCONS:
                self._studio("media.spoken:write_earcon", piece.name, file, self._rate, LEVEL)
            elif not file.is_file():
                unspoken.setdefault(file, []).append(piece)
                continue
            self._ready[language, piece] = file
        left = list(unspoken.items())
        while left:
            batch, left = left[:_BATCH], left[_BATCH:]
            texts = [(same[0].text, file) for file, same in batch]
            self._studio("media.spoken:write_spoken", texts, voice, within, self._rate, LEVEL)
            for file, same in batch:
                self._ready |= {(language, piece): file for piece in same}
        return problems

    def _studio(self, function: str, *arguments: Any) -> None:
        try:
            self._run(function, *arguments, cancelled=self._cancelled)
        except studio.GivenUp:
            raise SpeechError("speaking was cancelled", "ask again") from None

    def _recorded(self, language: str, piece: Piece) -> Path | None:
        """The operator's own recording at our rate and level, if there is one. Raises AudioFileError."""
        source = piece.file or self._own(language, piece.name)
        if source is None:
            return None
        try:
            written = source.stat()
        except OSError as error:
            raise AudioFileError(source, f"cannot be read ({error.strerror})", "see its rights") from error
        key = (str(source), str(written.st_mtime_ns), str(written.st_size))
        target = self._cache / f"own-{self._hash(*key)}.wav"
        if not target.is_file():
            self._studio("media.wav:convert", source, target, self._rate, LEVEL)
        return target

    def _own(self, language: str, name: str) -> Path | None:
        if not name:
            return None
        places = (folder / language / f"{name}{end}" for folder in self._folders[::-1] for end in FORMATS)
        return next((place for place in places if place.is_file()), None)

    def _cached(self, piece: Piece, voice: Voice) -> Path:
        what = piece.name if piece.name in EARCONS else piece.text
        return self._cache / f"{self._hash(what, voice.engine, voice.name)}.wav"

    def _hash(self, *parts: str) -> str:
        text = "\0".join((*parts, str(self._rate), str(LEVEL), _MAKING))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    # ---- for an operator ----

    def listing(self, language: str) -> Iterator[PromptInfo]:
        """Every prompt of a language that has texts, by name. Raises KeyError for another."""
        texts = self._texts[language]
        for name, phrase in texts.phrases.items():
            slots = {slot: "" for _, slot, _ in split(phrase) if slot}
            yield self._info(language, name, phrase, texts.pieces(name, slots))
        for name in EARCONS:
            yield self._info(language, name, "", [Piece(name, "")])

    def _info(self, language: str, name: str, text: str, pieces: Sequence[Piece]) -> PromptInfo:
        own = (self._own(language, piece.name) for piece in pieces)
        return PromptInfo(name, language, text, tuple(path for path in own if path is not None))
