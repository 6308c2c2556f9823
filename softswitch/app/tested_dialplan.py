"""A dialplan that a running switch may take."""

from pathlib import Path

from softswitch.api.control import Refused
from softswitch.config import Dialplan, DialplanError, load
from softswitch.routing.call_tests import failing


def read_tested(path: Path) -> Dialplan:
    """The file, without a mistake and with all its tests passed; off the loop. Raises Refused."""
    try:
        dialplan = load(path)
    except DialplanError as error:
        raise Refused(
            f"{path} has errors; the running dialplan stays",
            "mend them, and see `softswitch check`",
            problems=[str(problem) for problem in error.problems],
        ) from error
    failures = failing(dialplan)
    if failures:
        raise Refused(
            f"a test in {path} fails; the running dialplan stays",
            "mend the dialplan, or what the test expects",
            problems=[str(failure) for failure in failures],
        )
    return dialplan
