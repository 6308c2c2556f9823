"""Files: who can read secrets, whether the state can be kept."""

import os
from collections.abc import Iterator
from pathlib import Path

from softswitch.cli.checkup.finding import Finding, error, good, warning
from softswitch.config import Dialplan

SUBJECT = "files"
_OTHERS_READ, _OTHERS_WRITE, _NOT_OWNER = 0o004, 0o002, 0o077


def look_at_files(file: Path, dialplan: Dialplan) -> Iterator[Finding]:
    """Rights of the dialplan, the state directory and the TLS key."""
    yield _dialplan(file)
    yield _state(dialplan.state_directory)
    if dialplan.tls is not None and dialplan.tls.key is not None:
        yield _key(dialplan.tls.key)


def _dialplan(file: Path) -> Finding:
    if _mode(file) & _OTHERS_READ:
        return warning(
            SUBJECT,
            f"{file} can be read by every user of this machine",
            "it holds the passwords of the phones",
            f"chmod 600 {file}, or keep passwords elsewhere by {{env: NAME}} or {{file: PATH}}",
        )
    return good(SUBJECT, f"{file} is hidden from other users")


def _state(folder: Path) -> Finding:
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return error(
            SUBJECT,
            f"the state directory {folder} cannot be written by this user",
            "registrations and the control socket are kept there; the switch does not start without",
            "correct its owner and rights, or name another state_directory",
        )
    if not folder.exists():
        return good(SUBJECT, f"the state directory {folder} will be made at the first start")
    if _mode(folder) & _OTHERS_WRITE:
        return warning(
            SUBJECT,
            f"every user may write into the state directory {folder}",
            "whoever replaces the control socket or the registrations takes the calls",
            f"chmod o-w {folder}",
        )
    return good(SUBJECT, f"the state directory {folder} can be written")


def _key(key: Path) -> Finding:
    if _mode(key) & _NOT_OWNER:
        return warning(
            SUBJECT,
            f"the TLS key {key} is open to others than its owner",
            "with the key anybody can pose as this switch",
            f"chmod 600 {key}",
        )
    return good(SUBJECT, f"the TLS key {key} is hidden from others")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
