"""How callers are greeted: by the time of the day."""

from pydantic import Field

from softswitch.config.hours import TimeOfDay
from softswitch.config.section import Section


class Greetings(Section):
    """Until when it is morning, and until when it is day; then it is evening. The dialplan's clock counts."""

    morning_until: TimeOfDay = Field(
        default=TimeOfDay(11 * 60), description="Good morning until then.", examples=["11:00"]
    )
    day_until: TimeOfDay = Field(
        default=TimeOfDay(17 * 60), description="Good day until then.", examples=["17:00"]
    )
