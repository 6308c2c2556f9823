"""Where calls are parked, and what becomes of those that nobody fetches."""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.durations import OFF, Duration
from softswitch.config.orbits import NumberRange
from softswitch.config.section import Section
from softswitch.config.texts import NUMBER_PATTERN, InnerNumber, parse_inner_number


def _number_or_off(value: object) -> str | None:
    return None if value is None or value == OFF else parse_inner_number(value)


ParkNumber = Annotated[
    str | None,
    PlainValidator(_number_or_off),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": NUMBER_PATTERN},
                {"type": "integer", "minimum": 0},
                {"const": OFF},
            ],
            "x-words": "number, or off",
        }
    ),
]


class Parking(Section):
    """Parking: a call transferred to `number` waits in an orbit until somebody dials that orbit."""

    number: ParkNumber = Field(
        default="700",
        description="Whatever is transferred here is parked; off: nothing can be parked.",
        examples=["700", OFF],
    )
    orbits: NumberRange = Field(
        default=NumberRange("701", "720"),
        description="The places where calls wait; dialling one fetches its call.",
        examples=["701-720"],
    )
    timeout: Annotated[float, Duration(1, 86400)] = Field(
        default=120.0,
        description="Unfetched for so long, a call goes back to who parked it.",
        examples=["2m"],
    )

    announce: InnerNumber | None = Field(
        default=None,
        description="A paging group whose phones say who has a call on which line. Default: none.",
        examples=["790"],
    )

    @property
    def places(self) -> tuple[str, ...]:
        """The orbits in use: none when parking is switched off."""
        return self.orbits.numbers if self.number is not None else ()
