"""A test in the dialplan: a call, and the steps that are expected of it."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.integers import as_written
from softswitch.config.moments import REMEDY, parse_moment
from softswitch.config.refusal import refusal
from softswitch.config.scenario import Value, Variable
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Key, Place

_TEXTS = {"type": "string"}


def _moment(value: object) -> str:
    try:
        parse_moment(value if isinstance(value, str) else "", ZoneInfo("UTC"), 0.0)
    except ValueError:
        raise refusal("this is no moment", REMEDY) from None
    return str(value)


def _keys(value: object) -> str:
    text = as_written(value)
    if not isinstance(text, str) or set(text) - set("0123456789*#,"):
        raise refusal("these are no keys", 'write 0 to 9, * and #, with a comma for a silence: "1,2"')
    return text


def _steps(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, tuple | list) else (value,)
    texts = tuple(as_written(item) for item in items)
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise refusal("no step is expected", "write steps as `softswitch route` shows them: [ring sales]")
    return tuple(str(text) for text in texts)


def _numbers(value: object) -> tuple[str, ...]:
    if value == "nobody":
        return ()
    items = value if isinstance(value, tuple | list) else (value,)
    texts = tuple(as_written(item) for item in items)
    if not all(isinstance(text, str) and text for text in texts):
        raise refusal("these are no numbers", "write them as a list: [101, 102], or nobody")
    return tuple(str(text) for text in texts)


_ONE_OR_MORE = {
    "anyOf": [_TEXTS, {"type": "integer"}, {"type": "array", "items": {"type": ["string", "integer"]}}]
}
Numbers = Annotated[
    tuple[str, ...], PlainValidator(_numbers), WithJsonSchema({**_ONE_OR_MORE, "x-words": "list of numbers"})
]


class CallTest(Section):
    """A call, and what is expected of it. `softswitch check` runs all; no reload while one fails."""

    key: Key = Field(description="What is tested; in the file it is the key.")
    caller: Place = Field(
        description="Who calls: an extension, or with `trunk` a number outside.", examples=["101"]
    )
    to: Place = Field(description="What is dialled, or with `trunk` the outside number.", examples=["200"])
    trunk: Key | None = Field(
        default=None, description="The trunk that it comes in by.", examples=["carrier"]
    )
    at: (
        Annotated[str, PlainValidator(_moment), WithJsonSchema({"type": "string", "x-words": "moment"})]
        | None
    ) = Field(default=None, description="When, by the dialplan's clock.", examples=["2026-12-24T10:00"])
    mode: Key | None = Field(default=None, description="A mode that is set by hand.", examples=["night"])
    keys: Annotated[
        str,
        PlainValidator(_keys),
        WithJsonSchema({"anyOf": [_TEXTS, {"type": "integer", "minimum": 0}], "x-words": "keys"}),
    ] = Field(default="", description="What the caller presses; a comma is a silence.", examples=["1"])
    busy: Numbers = Field(default=(), description="Extensions that are in a call.", examples=[["101"]])
    unregistered: Numbers = Field(default=(), description="Extensions without a phone.", examples=[["101"]])
    full: Numbers = Field(
        default=(),
        description="Trunks all of whose lines are taken, and queues into which nobody more comes.",
        examples=[["carrier"]],
    )
    logged_out: Numbers = Field(
        default=(), description="Agents who are logged out of their queues.", examples=[["101"]]
    )
    answer: Numbers | None = Field(
        default=None,
        description="Who picks up, or nobody. Default: everybody who is free.",
        examples=[["102"]],
    )
    web: Annotated[Mapping[Variable, Value], FREEZE, THAW] | None = Field(
        default=None,
        description="What web servers answer to scenarios: variables. Default: none of them answers.",
        examples=[{"status": "gold"}],
    )
    disa: InnerNumber | None = Field(
        default=None,
        description="The extension whose pin was typed, where an outside line is asked for; `keys` go on "
        "with the number. Without it `keys` hold extension and pin, too.",
        examples=["101"],
    )
    expect: Annotated[
        tuple[str, ...], PlainValidator(_steps), WithJsonSchema({**_ONE_OR_MORE, "x-words": "list of steps"})
    ] = Field(
        description="Steps as `softswitch route` shows them, in order; others may stand between.",
        examples=[["mode night", "voicemail sales"]],
    )
