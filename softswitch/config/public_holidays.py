"""Public holidays of a country or of a part of it: `DE`, `DE-BE`. They come from the library `holidays`."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from softswitch.config.names import did_you_mean
from softswitch.config.refusal import refusal

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class Region:
    """Whose holidays count. Codes of ISO 3166."""

    country: str
    part: str = ""
    """A subdivision: a state, a province; empty for the whole country's holidays only."""

    def __str__(self) -> str:
        return f"{self.country}-{self.part}" if self.part else self.country

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on that day; None on any other day."""
        found = _calendar(self).get(day)
        return None if found is None else str(found)

    @staticmethod
    def parse(text: str) -> "Region":
        """From `DE` or `DE-BE`. Raises what pydantic reports to the operator."""
        country, _, part = text.upper().partition("-")
        known = _countries()
        if country not in known:
            remedy = did_you_mean(country, known, "write a country's code, such as DE, or DE-BE for a part")
            raise refusal("the holidays of this country are unknown", remedy)
        if part and part not in known[country]:
            parts = ", ".join(sorted(known[country])) or "none"
            raise refusal(
                f"{country} has no part of that code", f"write {country}, or one of its parts: {parts}"
            )
        return Region(country, part)


# The library takes a tenth of a second to import: a dialplan without holidays does without it.
@cache
def _countries() -> dict[str, frozenset[str]]:
    from holidays import list_supported_countries

    return {code: frozenset(parts) for code, parts in list_supported_countries().items()}


@cache
def _calendar(region: Region) -> "HolidayBase":
    """It learns each year when it is first asked about a day of it."""
    from holidays import country_holidays

    return country_holidays(region.country, subdiv=region.part or None)
