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
        yield from _check_names(dialplan, key)
        own = [one.modes for one in dialplan.numbers.values() if one.modes is not None]
        if test.mode is not None and not any(test.mode in modes for modes in (dialplan.modes, *own)):
            remedy = did_you_mean(test.mode, dialplan.modes, "name one of modes")
            yield Finding((*path, "mode"), f"there is no mode {test.mode!r}", remedy, value=test.mode)


def _check_names(dialplan: Dialplan, key: str) -> Iterator[Finding]:
    test = dialplan.tests[key]
    numbers = (test.disa,) if test.disa is not None else ()
    extensions, lines = dialplan.extensions, {**dialplan.trunks, **dialplan.queues}
    for field, names, known, what in (
        ("busy", test.busy, extensions, "extension"),
        ("unregistered", test.unregistered, extensions, "extension"),
        ("logged_out", test.logged_out, extensions, "extension"),
        ("disa", numbers, extensions, "extension"),
        ("full", test.full, lines, "trunk or queue"),
    ):
        for name in names:
            if name not in known:
                remedy = did_you_mean(name, known, f"name one that there is: {', '.join(list(known)[:12])}")
                yield Finding(("tests", key, field), f"there is no {what} {name!r}", remedy, value=name)
