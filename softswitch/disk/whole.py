"""Files that are there whole or not at all, whatever happens. Off the loop; raises OSError."""

import os
import shutil
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """The new content, or the old one if the power fails."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    rename(new, path)


def rename(old: Path, new: Path) -> None:
    """What `old` holds has to be on the disk already: see `settle`."""
    old.replace(new)
    descriptor = os.open(new.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle(path: Path) -> None:
    """What was written to it so far is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def remove(*paths: Path) -> None:
    """They are gone; harmless when they were."""
    for path in paths:
        path.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """The same content under another name."""
    new = target.with_name(target.name + ".new")
    shutil.copyfile(source, new)
    settle(new)
    rename(new, target)
