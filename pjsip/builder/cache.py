"""A folder of finished build stages: each is made once, whole or not at all, by one process at a time."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError
from builder.run import say


def default_root() -> Path:
    """SOFTSWITCH_CACHE, else `softswitch` in the XDG cache folder, else in ~/.cache."""
    own = os.environ.get("SOFTSWITCH_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "softswitch"


def fingerprint(parts: Mapping[str, str]) -> str:
    """A short hash (12 hex digits) of everything that a stage's result depends on."""
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[:12]


def text_of(*files: Path) -> str:
    """Contents of the files with their names, for a fingerprint."""
    return "\n".join(f"== {file.name}\n{file.read_text('utf-8')}" for file in files)


@dataclass(frozen=True, slots=True)
class Cache:
    """Finished stages below `root`; `root/logs` tells how they came about."""

    root: Path

    def __post_init__(self) -> None:
        if any(letter.isspace() for letter in str(self.root)):
            raise BuildError(
                f"the cache folder `{self.root}` has a space in its path, which PJSIP's makefiles cannot "
                "bear: set SOFTSWITCH_CACHE to a folder without one"
            )
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BuildError(
                f"cannot make the cache folder `{self.root}`: {error.strerror}; set SOFTSWITCH_CACHE to "
                "a folder that you may write"
            ) from error

    def log(self, stage: str) -> Path:
        """Where the output of a stage's programs goes."""
        return self.root / "logs" / f"{stage}.log"

    def once(self, stage: str, make: Callable[[Path, Path], None]) -> Path:
        """The folder of a finished stage, made by `make(work, result)` unless it is there already.

        `work` is scratch; `result` is moved to its final name only when `make` has returned, so a build that
        was interrupted counts for nothing. A second process that wants the same stage waits for the first.
        """
        final = self.root / stage
        if final.is_dir():
            with suppress(PermissionError):  # somebody else's cache, shared
                os.utime(final)  # so that `prune` knows what is in use
            return final
        with self._locked(stage):
            if final.is_dir():
                return final
            scratch = self.root / f".building-{stage}"
            shutil.rmtree(scratch, ignore_errors=True)  # left by a build that was killed
            self.log(stage).unlink(missing_ok=True)
            result = scratch / "result"
            result.mkdir(parents=True)
            try:
                make(scratch, result)
                result.rename(final)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return final

    def prune(self, prefix: str, keep: int) -> None:
        """Remove finished stages called `prefix…` except the `keep` that were used last."""
        stages = sorted(self.root.glob(f"{prefix}*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for stage in stages[keep:]:
            shutil.rmtree(stage, ignore_errors=True)

    @contextmanager
    def _locked(self, stage: str) -> Iterator[None]:
        locks = self.root / "locks"
        locks.mkdir(exist_ok=True)
        with (locks / stage).open("w") as lock:  # the kernel drops the lock when its holder dies
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"another build is making {stage}: waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
