"""Whether the tests of a dialplan can be run."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.problems import Finding


def check_tests(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds tests that do not say when, that name no trunk of the file, no extension, or no mode."""
    for key, test in dialplan.tests.items():
        path = ("tests", key)
        if test.at is None and test.mode is None and dialplan.modes:
            yield Finding(path, "nothing says when it is", "add at: 2026-03-09T10:00, or a mode", at_key=True)
        if test.trunk is not None and test.trunk not in dialplan.trunks:
            remedy = did_you_mean(test.trunk, dialplan.trunks, "name one of trunks")
            yield Finding((*path, "trunk"), f"there is no trunk {test.trunk!r}", remedy, value=test.trunk)
        if test.trunk is None and test.caller not in dialplan.extensions:
            remedy = "name one of extensions, or the trunk that it comes in by"
            yield Finding((*path, "caller"), "this is no extension", remedy, value=test.caller)
        own = [one.modes for one in dialplan.numbers.values() if one.modes is not None]
        if test.mode is not None and not any(test.mode in modes for modes in (dialplan.modes, *own)):
            remedy = did_you_mean(test.mode, dialplan.modes, "name one of modes")
            yield Finding((*path, "mode"), f"there is no mode {test.mode!r}", remedy, value=test.mode)
