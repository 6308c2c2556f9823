"""Fetches pjproject from Debian's archive: the component `pjproject` of the source package `asterisk`.

apt does the work, so its mirror, proxies and signature checks apply; but with private lists, so the
machine's sources and lists stay as they are.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError
from builder.run import answer, run, say

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
HELPER = Path("/usr/lib/apt/apt-helper")
PACKAGE = "asterisk"
COMPONENT = "pjproject"
INSTEAD = "get upstream's release of pjproject (2.15 or newer) and set PJPROJECT_SOURCE to the tarball's path"
_SOURCE_LINE = re.compile(
    rf"^'(?P<uri>[^']+)' (?P<name>\S+\.orig-\w*{COMPONENT}\.tar\.\w+) \d+ (?P<hash>SHA256:[0-9a-f]{{64}})$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Tarball:
    """What apt says of the tarball: where it is, what it is called, what its signed hash is."""

    uri: str
    name: str
    hash: str


def fetch(result: Path, log: Path) -> None:
    """Put the tarball into `result`; BuildError when this is no Debian or its archive is out of reach."""
    if not shutil.which("apt-get") or not HELPER.exists():
        raise BuildError(f"no source of PJSIP: this system has no apt to fetch it from Debian; {INSTEAD}")
    mirror, keyring = _mirror(), _keyring()
    say(f"fetching pjproject's source through apt from {mirror}")
    with _private_folder() as private:
        options = _private_apt(private, f"deb-src [signed-by={keyring}] {mirror} unstable main\n")
        run(["apt-get", *options, "update"], log, remedy=f"Is the network there? Otherwise {INSTEAD}.")
        printed = answer(["apt-get", *options, "source", "--print-uris", "--only-source", PACKAGE])
        tarball = parse_uris(printed)
        target = private / tarball.name
        helper: list[str | Path] = [HELPER, *options, "download-file", tarball.uri, target, tarball.hash]
        run(helper, log, remedy=f"Is the network there? Otherwise {INSTEAD}.")
        shutil.move(target, result / tarball.name)


def parse_uris(printed: str) -> Tarball:
    """Find the component in what `apt-get source --print-uris` prints."""
    found = _SOURCE_LINE.search(printed)
    if not found:
        raise BuildError(
            f"Debian's source package `{PACKAGE}` in unstable has no component `{COMPONENT}`; {INSTEAD}"
        )
    return Tarball(found["uri"], found["name"], found["hash"])


def choose_mirror(targets: str) -> str:
    """The Debian mirror among apt's own index targets, given as lines of `URI|origin|label`.

    A machine whose lists were never fetched knows no origins; then the URI's path has to do.
    """
    rows = [line.split("|") for line in targets.splitlines() if line.count("|") == 2]
    named = [uri for uri, origin, label in rows if origin == "Debian" and label == "Debian"]
    unnamed = [uri for uri, origin, _ in rows if not origin and uri.rstrip("/").endswith("/debian")]
    usable = [uri for uri in [*named, *unnamed] if not uri.startswith("cdrom:")]
    if not usable:
        raise BuildError(f"no source of PJSIP: apt knows no mirror of Debian's on this system; {INSTEAD}")
    return usable[0]


def _mirror() -> str:
    # apt leaves `$(ORIGIN)` as it is when it knows none.
    targets = answer(["apt-get", "indextargets", "--format", "$(REPO_URI)|$(ORIGIN)|$(LABEL)"])
    return choose_mirror(re.sub(r"\$\(\w+\)", "", targets))


def _keyring() -> Path:
    for keyring in KEYRINGS:
        if keyring.exists():
            return keyring
    raise BuildError(
        f"cannot check signatures of Debian's archive: there is no {KEYRINGS[0]}; "
        f"apt-get install debian-archive-keyring, or {INSTEAD}"
    )


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that apt may write even after it has dropped root's rights for the user `_apt`."""
    with tempfile.TemporaryDirectory(prefix="softswitch-apt-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            try:
                shutil.chown(folder, "_apt")
            except LookupError:  # apt without its own user keeps root's rights
                folder.chmod(0o755)
        yield folder


def _private_apt(folder: Path, sources: str) -> list[str]:
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache").mkdir()
    (folder / "sources.list").write_text(sources)
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Retries": 3,
        "APT::Get::List-Cleanup": "false",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
