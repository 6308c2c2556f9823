"""`softswitch route`: what would become of a call. Needs no running switch."""

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from softswitch.cli.failure import Failure
from softswitch.cli.loading import loaded, moment
from softswitch.cli.options import Dialplan, Json
from softswitch.cli.screen import print_json, safe, stdout

if TYPE_CHECKING:
    from softswitch.routing.imagined import Happening

NOBODY = "nobody"


def route(
    file: Dialplan,
    caller: Annotated[str, typer.Option("--from", help="Who calls: an extension, or a number outside.")],
    to: Annotated[str, typer.Option(help="What is dialled, or the outside number that is called.")],
    at: Annotated[
        str | None, typer.Option(help="When: 18:00, 2026-12-24T10:00. Default: now.", show_default=False)
    ] = None,
    trunk: Annotated[
        str | None, typer.Option(help="The trunk that it comes in by.", show_default=False)
    ] = None,
    mode: Annotated[str | None, typer.Option(help="A mode set by hand.", show_default=False)] = None,
    keys: Annotated[str, typer.Option(help="What the caller presses; a comma is a silence.")] = "",
    busy: Annotated[str, typer.Option(help="Extensions in a call, with commas.")] = "",
    unregistered: Annotated[str, typer.Option(help="Extensions without a phone, with commas.")] = "",
    full: Annotated[
        str, typer.Option(help="Trunks with all lines taken, and queues that take nobody, with commas.")
    ] = "",
    logged_out: Annotated[str, typer.Option(help="Agents in no queue, with commas.")] = "",
    web: Annotated[
        str | None,
        typer.Option(
            help="What web servers answer to scenarios: status=gold,limit=5. Default: no answer.",
            show_default=False,
        ),
    ] = None,
    disa: Annotated[
        str, typer.Option(help="The extension whose pin was typed for an outside line.", show_default=False)
    ] = "",
    answer: Annotated[
        str | None,
        typer.Option(help="Who picks up, with commas, or nobody. Default: who is free.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say what would become of a call, step by step, and which line of the dialplan decides it."""
    from softswitch.routing import Router
    from softswitch.routing.imagined import Imagined, Question
    from softswitch.routing.journey import journey

    dialplan = loaded(file)
    if trunk is not None and trunk not in dialplan.trunks:
        raise Failure(f"there is no trunk {trunk!r}", f"known here: {', '.join(dialplan.trunks) or 'none'}")
    if trunk is None and caller not in dialplan.extensions:
        raise Failure(
            f"{caller} is no extension", "name one, or with --trunk the line that the call comes in by"
        )
    if mode is not None and mode not in dialplan.modes:
        raise Failure(f"there is no mode {mode!r}", f"known here: {', '.join(dialplan.modes) or 'none'}")
    for option, text in (
        ("busy", busy),
        ("unregistered", unregistered),
        ("logged-out", logged_out),
        ("disa", disa),
    ):
        _must_exist(_listed(text), dialplan.extensions, f"--{option}: there is no extension")
    _must_exist(_listed(full), {**dialplan.trunks, **dialplan.queues}, "--full: there is no trunk or queue")
    answers = None if answer is None else _listed("" if answer == NOBODY else answer)
    state = Imagined(_listed(busy), _listed(unregistered), mode or "", _listed(full), _listed(logged_out))
    when, answered = moment(dialplan, at), None if web is None else _variables(web)
    question = Question(caller, to, when, trunk or "", keys, answers, answered, disa, state)
    found = journey(Router(dialplan), question)
    if json:
        print_json({"steps": [_as_data(one) for one in found]})
        return
    console = stdout()
    for index, one in enumerate(found, start=1):
        console.print(f"{index:2}. {safe(one.text)}", style="bold", soft_wrap=True)
        for reason in one.reasons:
            line = f" (line {reason.line})" if reason.line else ""
            console.print(f"      {safe(reason.text)}{line}", soft_wrap=True)


def _must_exist(names: Iterable[str], known: Container[str], problem: str) -> None:
    for name in sorted(names):
        if name not in known:
            raise Failure(f"{problem} {name!r}", "name those that the dialplan has, with commas")


def _variables(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(equals and name.strip() for name, equals, _ in pairs):
        raise Failure(f"--web: {text!r} names no variables", "write them as status=gold,limit=5")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _as_data(one: "Happening") -> dict[str, object]:
    reasons = [{"text": reason.text, "line": reason.line} for reason in one.reasons]
    return {"text": one.text, "reasons": reasons}
