"""A PostgreSQL server of the tests' own, in a folder of its own, reached by a socket in it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.rig.waiting import RigError


def _binaries() -> Path:
    """Debian keeps them aside from PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        raise RigError("PostgreSQL is not installed; apt install postgresql")
    return Path(found).parent


class PostgresServer:
    """`start`, `kill` (at once, as a crash does), `start` again, at last `remove`."""

    def __init__(self) -> None:
        self._binaries = _binaries()
        # Not pytest's folder: PostgreSQL refuses to be root, and another user has no way in there.
        self.folder = Path(tempfile.mkdtemp(prefix="softswitch-pg-"))
        self._as_user: list[str] = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody")
            self._as_user = ["setpriv", "--reuid=nobody", "--clear-groups"]
        self._run("initdb", "--no-sync", "--auth=trust", "--username=softswitch", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Until it takes connections."""
        self._run("pg_ctl", "start", "--wait", "--log", str(self.folder / "log"), "-o", self._options)

    @property
    def _options(self) -> str:
        return f"-c listen_addresses= -c fsync=off -k {self.folder}"

    def kill(self) -> None:
        """No connection lives on."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def create(self, database: str) -> str:
        """A new database; its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "softswitch", database)
        return f"postgresql://softswitch@/{database}?host={self.folder}"

    def remove(self) -> None:
        """All of it."""
        file = self.folder / "data" / "postmaster.pid"
        if file.exists():
            os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        data = {"PGDATA": str(self.folder / "data"), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [*self._as_user, str(self._binaries / program), *arguments],
            cwd=self.folder,
            env=data,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RigError(f"{program}: {done.stderr}")
