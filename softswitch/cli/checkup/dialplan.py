"""The dialplan: whether the switch would take it."""

from collections.abc import Iterable
from pathlib import Path

from softswitch.cli.checkup.finding import Finding, Level, good
from softswitch.config import Dialplan, DialplanError, Problem, load

SUBJECT = "dialplan"


def look_at_dialplan(file: Path) -> tuple[Dialplan | None, list[Finding]]:
    """The dialplan if it can be used, and what is wrong with it."""
    try:
        dialplan = load(file)
    except DialplanError as refused:
        return None, list(_findings(refused.problems))
    whole = good(SUBJECT, f"{file}: {len(dialplan.extensions)} extensions at {dialplan.domain}")
    return dialplan, [whole, *_findings(dialplan.warnings)]


def _findings(problems: Iterable[Problem]) -> Iterable[Finding]:
    for problem in problems:
        place = f"{problem.file.name}:{problem.line}: {problem.path}".rstrip(": ")
        level = Level(str(problem.severity))
        why = "the switch refuses the file" if level is Level.ERROR else ""
        yield Finding(level, SUBJECT, f"{place}: {problem.message}", why, problem.remedy)
