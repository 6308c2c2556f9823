"""`softswitch why CALL --save-test`: a call becomes a test that stands in the dialplan."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from softswitch.cli.failure import Failure

if TYPE_CHECKING:
    from softswitch.config import Dialplan
    from softswitch.reports.why import Story

ON_SCREEN: Final = "-"


def save_test(story: "Story", running: "Dialplan | None", where: str) -> str:
    """Adds the call as a test to the file `where`, or only shows it; returns the text for the operator.

    `running` is the dialplan that the call had, as far as it is known. Raises Failure, also when the file
    leads the call elsewhere by now: a test that fails would refuse the next reload.
    """
    from softswitch.cli.loading import loaded
    from softswitch.config.call_test import CallTest
    from softswitch.reports.call_as_test import as_test
    from softswitch.routing.call_tests import failing

    target = None if where == ON_SCREEN else Path(where)
    dialplan = running if target is None else loaded(target)
    if dialplan is None:
        raise Failure("no dialplan says by which clock", "name it with --dialplan FILE")
    settings = as_test(story, dialplan.timezone)
    test = CallTest.model_validate({"key": f"Call {story.call['id']}", **settings})
    entry = _entry(test.key, settings)
    failures = failing(dialplan.model_copy(update={"tests": {test.key: test}}))
    lacking = f"{failures[0].missing!r} does not come, but {', '.join(failures[0].got)}" if failures else ""
    if target is None:
        return f"# fails: {lacking}\ntests:\n{entry}" if lacking else f"tests:\n{entry}"
    if lacking:
        raise Failure(
            f"{target} leads this call elsewhere: {lacking}",
            "with --save-test - it is only shown: keys that may be a secret and answers of the web are not "
            "recorded, put them in",
        )
    if test.key in dialplan.tests:
        raise Failure(f"{target} has the test {test.key!r} already", "nothing is to be done")
    _add(target, dialplan, entry)
    return f"{target}: test {test.key!r} added\n"


def _entry(name: str, settings: dict[str, Any]) -> str:
    dump = yaml.safe_dump(settings, default_flow_style=True, allow_unicode=True, sort_keys=False, width=9999)
    return f"  {name}:\n    {dump.strip()}\n"


def _add(target: Path, dialplan: "Dialplan", entry: str) -> None:
    """Below `tests:`, or in a new section at the end. The file is replaced as a whole, or left as it is."""
    from softswitch.config import DialplanError, load_text

    text = target.read_text("utf-8")
    line = dialplan.line_of(("tests",))
    lines = text.splitlines(keepends=True)
    if line is None:
        new = f"{text.rstrip()}\n\ntests:\n{entry}"
    elif lines[line - 1].split("#")[0].strip() != "tests:":
        raise Failure(f"{target}: its tests stand on one line", "write each test on lines of its own")
    else:
        indent = next(len(one) - len(one.lstrip()) for one in lines[line:] if one.strip())
        name, settings = entry.splitlines()
        entry = f"{' ' * indent}{name.strip()}\n{' ' * (indent + 2)}{settings.strip()}\n"
        new = "".join([*lines[:line], entry, *lines[line:]])
    try:
        load_text(new, target)
    except DialplanError as error:
        details = tuple(map(str, error.problems))
        raise Failure(f"{target} would not be good with it", "add it by hand", details=details) from None
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as file:
        file.write(new)
    complete = Path(file.name)
    complete.chmod(target.stat().st_mode & 0o7777)
    complete.replace(target)
