"""How much may be spent on calls."""

from pydantic import Field

from softswitch.config.money import Amount
from softswitch.config.section import Section


class SpendingLimit(Section):
    """How much may be spent on calls out. Who has spent it calls no outside number but emergencies."""

    day: Amount | None = Field(default=None, description="From midnight to midnight.", examples=["5.00"])
    month: Amount | None = Field(default=None, description="In a month of the calendar.", examples=["50.00"])


class Limits(SpendingLimit):
    """What every extension may spend whose own `limit` does not say otherwise."""

    warn_at: int = Field(
        default=80, ge=1, le=100, description="The log warns at so many percent of a limit.", examples=[80]
    )
