"""Music that cannot be played, and music that nobody has described."""

from collections.abc import Iterator
from pathlib import Path

from softswitch.config.dialplan import Dialplan
from softswitch.config.files import check_file, unreadable
from softswitch.config.music import DEFAULT, LONGEST, SOUND_FILES, MusicClass
from softswitch.config.names import did_you_mean
from softswitch.config.problems import Finding, KeyPath, Severity


def check_music(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds files of music and news that are missing or no sound, empty folders, and too much music."""
    for name, music in dialplan.music.items():
        path: KeyPath = ("music", name)
        seconds = 0.0
        for place in music.files:
            found = list(_look(place, (*path, "files")))
            yield from (one for one in found if isinstance(one, Finding))
            seconds += sum(one for one in found if isinstance(one, float))
        for item in music.news:
            if isinstance(item, Path):
                yield from check_sound_file(item, (*path, "news"))
        if seconds > LONGEST:
            yield Finding(
                (*path, "files"),
                f"of these {seconds / 60:.0f} minutes only the first {LONGEST / 60:.0f} are played",
                "list less, or make it two classes",
                severity=Severity.WARNING,
            )
        yield from _unheard(music, path)


def check_sound_file(file: Path, at: KeyPath) -> Iterator[Finding]:
    """Finds a recording that is missing or no sound."""
    yield from (one for one in _look(file, at, 0) if isinstance(one, Finding))


def _unheard(music: MusicClass, path: KeyPath) -> Iterator[Finding]:
    if "every" in music.model_fields_set and not music.news:
        yield Finding(
            (*path, "every"), "there are no news to be heard", "list some in news", severity=Severity.WARNING
        )


def _look(place: Path, at: KeyPath, folders: int = 1) -> Iterator[Finding | float]:
    """What is wrong with a file or folder; else the lengths of its files in seconds."""
    if folders and place.is_dir():
        try:
            inside = sorted(one for one in place.iterdir() if one.suffix.lower() in SOUND_FILES)
        except OSError as error:
            yield Finding(at, f"{place} cannot be read: {error.strerror}", "correct its rights", str(place))
            return
        if not inside:
            yield Finding(
                at, f"there is no sound file in {place}", "put WAV, FLAC, Ogg or MP3 files there", str(place)
            )
        for file in inside:
            yield from _look(file, at, 0)
        return
    if unreadable(place) is not None:
        yield from check_file(place, at)
        return
    # Only a dialplan with music pays for loading it.
    import soundfile

    try:
        facts = soundfile.info(str(place))
    except (RuntimeError, OSError):
        yield Finding(at, f"{place} is not readable as sound", "save it as WAV, FLAC, Ogg or MP3", str(place))
        return
    yield float(facts.duration)


def check_music_names(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds whose music stands nowhere: of extensions, departments, conferences, queues, numbers."""
    names = {DEFAULT, *dialplan.music}
    for table in ("extensions", "departments", "conferences", "queues", "numbers"):
        for key, entry in getattr(dialplan, table).items():
            if entry.music is not None and entry.music not in names:
                yield Finding(
                    (table, key, "music"),
                    "there is no music of this name",
                    did_you_mean(entry.music, names, f"known are {', '.join(sorted(names))}"),
                    value=entry.music,
                )
