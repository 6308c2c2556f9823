"""Paths to Unix sockets that are too long for the system's address structure."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# sockaddr_un holds 108 bytes with the closing zero (unix(7)).
_LONGEST: Final = 107


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """A path to the socket that fits a socket's address, however long its folder's own is."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
