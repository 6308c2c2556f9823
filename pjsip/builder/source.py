"""Where pjproject's source comes from: a tarball that the user names, else Debian's own archive."""

import hashlib
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from builder import debian
from builder.cache import Cache
from builder.errors import BuildError

OLDEST = (2, 15)
DEBIAN_STAGE = "source-debian"


@dataclass(frozen=True, slots=True)
class Source:
    """A tarball of pjproject whose version has been read and found good."""

    tarball: Path
    version: str
    sha256: str


def find(cache: Cache) -> Source:
    """The tarball in PJPROJECT_SOURCE, else the one in the cache, else a fresh one from Debian."""
    named = os.environ.get("PJPROJECT_SOURCE")
    if named:
        return inspect(Path(named).expanduser().absolute(), "PJPROJECT_SOURCE")
    log = cache.log(DEBIAN_STAGE)
    folder = cache.once(DEBIAN_STAGE, lambda _work, result: debian.fetch(result, log))
    return inspect(next(folder.iterdir()), "Debian's archive")


def inspect(tarball: Path, origin: str) -> Source:
    """Read the version out of a tarball; BuildError when it is none of pjproject, or older than 2.15."""
    remedy = "set PJPROJECT_SOURCE to upstream's release of pjproject 2.15 or newer (pjproject-2.17.tar.gz)"
    if not tarball.is_file():
        raise BuildError(f"{origin}: `{tarball}` is not a file; {remedy}")
    try:
        version = _version(tarball)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BuildError(f"{origin}: `{tarball}` is no readable tarball ({error}); {remedy}") from error
    if version is None:
        raise BuildError(f"{origin}: `{tarball}` holds no version.mak, so it is not pjproject; {remedy}")
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise BuildError(f"{origin}: `{tarball}` is pjproject {version}, too old; {remedy}")
    return Source(tarball, version, hashlib.sha256(tarball.read_bytes()).hexdigest())


def _version(tarball: Path) -> str | None:
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile() and re.fullmatch(r"(\./)?([^/]+/)?version\.mak", member.name):
                file = archive.extractfile(member)
                if file is None:
                    return None
                return _parse(file.read().decode(errors="replace"))
    return None


def _parse(text: str) -> str | None:
    def part(name: str) -> str:
        found = re.search(rf"^export PJ_VERSION_{name}\s*:=[ \t]*(\S*)", text, re.MULTILINE)
        return found[1] if found else ""

    if not part("MAJOR").isdigit() or not part("MINOR").isdigit():
        return None
    version = f"{part('MAJOR')}.{part('MINOR')}"
    return version + (f".{part('REV')}" if part("REV") else "") + part("SUFFIX")


def unpack(source: Source, target: Path) -> Path:
    """Unpack below `target`; returns the folder that holds version.mak."""
    with tarfile.open(source.tarball) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extraction_filter = tarfile.data_filter
        # else: Python before 3.11.4 (Debian 12 has one). What we unpack we then compile and run anyway.
        archive.extractall(target)  # noqa: S202
    return min(target.rglob("version.mak"), key=lambda path: len(path.parts)).parent
