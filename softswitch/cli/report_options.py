"""What the reports may be asked: the words and options of `softswitch report`."""

from pathlib import Path
from typing import Annotated, Final

import typer

NAMES: Final = (
    "calls",
    "traffic",
    "lines",
    "people",
    "departments",
    "queues",
    "costs",
    "scenarios",
    "missed",
)

Name = Annotated[str, typer.Argument(metavar="REPORT", help=", ".join(NAMES) + ".", show_default=False)]
By = Annotated[
    str | None,
    typer.Option(metavar="WHAT", help="What a row is about: see the manual.", show_default=False),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--from",
        "--since",
        metavar="WHEN",
        help="2026-03-01, 2026-03, 2026-03-01T08:30, today, yesterday, 7d …, or `ever`.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--to", metavar="WHEN", help="The same; that day or month is in."),
]


def _text(flag: str, words: str) -> object:
    return typer.Option(flag, metavar="TEXT", help=f"{words}; * and ? stand for others.", show_default=False)


Caller = Annotated[str | None, _text("--caller", "Who called")]
Called = Annotated[str | None, _text("--called", "What was dialled, or the outside number")]
Person = Annotated[str | None, _text("--answered-by", "Who answered")]
Department = Annotated[str | None, _text("--department", "The department that it came to")]
Queue = Annotated[str | None, _text("--queue", "The queue")]
Scenario = Annotated[str | None, _text("--scenario", "The scenario")]
Trunk = Annotated[str | None, _text("--trunk", "The trunk")]
Direction = Annotated[str | None, _text("--direction", "in, out or inner")]
Outcome = Annotated[str | None, _text("--outcome", "How it ended")]
Blame = Annotated[str | None, _text("--blame", "Whose side it was")]
MinTalk = Annotated[str | None, typer.Option("--min-talk", metavar="TIME", help="Talked so long at least.")]
MaxTalk = Annotated[str | None, typer.Option("--max-talk", metavar="TIME", help="Talked so long at most.")]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help='Such as "talking<10 and outcome!=busy".', show_default=False),
]
Having = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help='On the columns shown, such as "without_talk>0".',
        show_default=False,
    ),
]
Calls = Annotated[bool, typer.Option("--calls", help="The calls themselves, with their recordings.")]
Limit = Annotated[int, typer.Option(min=0, metavar="N", help="Lists: so many calls at most; 0 for all.")]
Within = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Queues: the service level's time.")]
Level = Annotated[float, typer.Option(min=0.01, max=0.999, metavar="SHARE", help="Queues: the aim.")]
Loss = Annotated[
    float, typer.Option(min=0.0001, max=0.5, metavar="SHARE", help="Lines: calls that may find none free.")
]
Csv = Annotated[bool, typer.Option("--csv", help="CSV for programs instead of a table.")]
Xlsx = Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write a sheet.", show_default=False)]
ChartFile = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: .png or .svg.", show_default=False)
]
Dialplan = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="SOFTSWITCH_DIALPLAN",
        help="The dialplan: its records, names and timezone.",
        show_default=False,
    ),
]
State = Annotated[
    Path | None,
    typer.Option(metavar="DIR", envvar="SOFTSWITCH_STATE", help="A state directory with records.db."),
]
Database = Annotated[
    str | None,
    typer.Option(metavar="FILE|URL", help="A file, or postgresql://…", show_default=False),
]
Timezone = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Whose clock; default: the dialplan's.", show_default=False)
]
