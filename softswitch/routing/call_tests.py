"""Runs the tests in a dialplan. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from softswitch.config import Dialplan
from softswitch.config.call_test import CallTest
from softswitch.config.moments import parse_moment
from softswitch.routing.imagined import Imagined, Question
from softswitch.routing.journey import journey, missing
from softswitch.routing.router import Router


@dataclass(frozen=True, slots=True)
class Failure:
    """A test that has failed."""

    test: CallTest
    line: int | None
    missing: str
    """The first expected step that did not come."""
    got: tuple[str, ...]

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return (
            f"{where}test {self.test.key!r}: expected {', '.join(self.test.expect)}; "
            f"{self.missing!r} did not come, but {', '.join(self.got)}"
        )


def failing(dialplan: Dialplan) -> tuple[Failure, ...]:
    """The tests of the dialplan that fail."""
    return tuple(_failing(dialplan)) if dialplan.tests else ()


def _failing(dialplan: Dialplan) -> Iterator[Failure]:
    router = Router(dialplan)
    for test in dialplan.tests.values():
        found = journey(router, question_of(dialplan, test))
        lacking = missing(found, test.expect)
        if lacking is not None:
            line = dialplan.line_of(("tests", test.key))
            yield Failure(test, line, lacking, tuple(one.text for one in found))


def question_of(dialplan: Dialplan, test: CallTest) -> Question:
    """The call of a test."""
    at = parse_moment(test.at, dialplan.timezone, 0.0) if test.at else 0.0
    state = Imagined(
        frozenset(test.busy),
        frozenset(test.unregistered),
        test.mode or "",
        frozenset(test.full),
        frozenset(test.logged_out),
    )
    answers = None if test.answer is None else frozenset(test.answer)
    return Question(
        test.caller, test.to, at, test.trunk or "", test.keys, answers, test.web, test.disa or "", state
    )
