"""Which call records a command means: a dialplan's, a state directory's, or a database itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from softswitch.cli.failure import Failure

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from softswitch.config import Dialplan
    from softswitch.reports.selection import Company

# Looked at in this order when nobody says which, as for the running switch.
_USUAL_PLACES = (Path("state"), Path("conf/state"), Path("/var/lib/softswitch"))
FILE_NAME = "records.db"


@dataclass(frozen=True, slots=True)
class Records:
    """Where they are, whose clock they are told by, and the dialplan if one is at hand."""

    url: "URL"
    zone: ZoneInfo
    dialplan: "Dialplan | None"

    @property
    def company(self) -> "Company":
        """Names and sizes."""
        from softswitch.reports.selection import Company

        return Company() if self.dialplan is None else Company.of(self.dialplan)


def find_records(
    dialplan: Path | None, state: Path | None, database: str | None, timezone: str | None
) -> Records:
    """What was said, or the running switch's, or the first usual place with call records. Raises Failure."""
    if dialplan is None and state is None and database is None:
        dialplan = _running_dialplan()
    plan = None if dialplan is None else _load(dialplan)
    zone = plan.timezone if plan is not None else ZoneInfo("UTC")
    if timezone is not None:
        zone = _zone(timezone)
    return Records(_url(plan, state, database), zone, plan)


def _url(plan: "Dialplan | None", state: Path | None, database: str | None) -> "URL":
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if database is not None and "://" in database:
        try:
            url = make_url(database)
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.get_backend_name() != "postgresql":
            raise Failure(
                "--database is neither a file nor the address of a PostgreSQL database",
                "write a file's name or postgresql://USER@HOST/DATABASE",
            )
        return url.set(drivername="postgresql+psycopg")
    if database is not None:
        return URL.create("sqlite", database=database)
    if state is None and plan is not None:
        return _url_of(plan)
    if state is None:
        state = next((place for place in _USUAL_PLACES if (place / FILE_NAME).is_file()), None)
    if state is None:
        looked = ", ".join(map(str, _USUAL_PLACES))
        raise Failure(
            f"no call records are found in the usual places ({looked})",
            "name the switch's dialplan with --dialplan FILE, its state directory with --state DIR, or the "
            "database with --database",
        )
    return URL.create("sqlite", database=str(state / FILE_NAME))


def _url_of(plan: "Dialplan") -> "URL":
    from softswitch.records.store import database_url

    database = plan.records.database
    return database_url(plan.state_directory, database.get_secret_value() if database else None)


def _load(file: Path) -> "Dialplan":
    from softswitch.config import DialplanError, load

    try:
        return load(file)
    except DialplanError as error:
        errors = tuple(str(one) for one in error.problems if one.severity == "error")
        raise Failure(
            f"{file} has errors",
            f"see `softswitch check {file}`, or name --database and --timezone instead",
            details=errors,
        ) from None


def _running_dialplan() -> Path | None:
    """That of the switch that runs here, if one does."""
    from softswitch.api.client import Client, ControlError
    from softswitch.cli.asking import state_directory

    try:
        answer = Client(state_directory(None, None)).ask("status")
    except (Failure, ControlError):
        return None
    file = Path(str(answer.get("dialplan") or ""))
    return file if file.is_file() else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise Failure(f"there is no timezone {name!r}", "write an IANA name such as Europe/Berlin") from None
