"""What a number of the telephone network is, and how else it is written: by Google's `phonenumbers`.

Looking a number up takes some 50 µs; the same one is not looked up twice.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType as Type
from phonenumbers import ShortNumberCost

from softswitch.config.calling import NumberClass
from softswitch.config.trunk import NumberFormat

_DEAR: Final = frozenset({870, 878, 881, 882, 883, 979})
"""Country codes of satellites and of services that are paid for: abroad, and dearer than any country."""
_CLASSES: Final[dict[int, NumberClass]] = {
    Type.TOLL_FREE: "toll_free",
    Type.PREMIUM_RATE: "premium",
    Type.PERSONAL_NUMBER: "premium",
    Type.SHARED_COST: "shared_cost",
    Type.UAN: "shared_cost",
    Type.MOBILE: "mobile",
    Type.PAGER: "special",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A number that was looked up."""

    kind: NumberClass
    digits: str = ""
    """As in E.164 without its +; empty for a number that works in its country only."""
    national: str = ""
    """Behind the country code."""
    abroad: bool = False

    @property
    def e164(self) -> str:
        """With its +; empty for a number that works in its country only."""
        return f"+{self.digits}" if self.digits else ""


@lru_cache(maxsize=16_384)
def look_up(dialled: str, country: str, area_code: str = "") -> Known:
    """What `dialled` is for somebody in that country and area. What cannot be a number there is special."""
    found = _parsed(dialled, country, area_code)
    if found is None:
        return Known(_short(dialled, country))
    number, kind = found, phonenumbers.number_type(found)
    national = phonenumbers.national_significant_number(number)
    digits = f"{number.country_code}{national}"
    home = number.country_code == phonenumbers.country_code_for_region(country)
    abroad = not home or phonenumbers.region_code_for_number(number) not in (country, None)
    if kind == Type.PREMIUM_RATE or number.country_code in _DEAR:
        return Known("premium", digits, national, not home)
    if kind == Type.TOLL_FREE and (home or number.country_code == 800):
        return Known("toll_free", digits, national, not home)
    if abroad:
        return Known("international", digits, national, not home)
    own_area = bool(area_code) and national.startswith(area_code)
    if kind == Type.UNKNOWN and not own_area:
        possible = phonenumbers.is_possible_number(number)
        return Known("special", digits, national) if possible else Known("special")
    return Known(_CLASSES.get(kind, "local" if own_area else "national"), digits, national)


def canonical(number: str, country: str, area_code: str = "") -> str:
    """The digits by which all spellings of a number are equal; empty for what is none."""
    return look_up(number, country, area_code).digits


def rewritten(dialled: str, how: NumberFormat, country: str, area_code: str = "") -> str:
    """The number as a carrier wants it. What works in its country only stays as it is."""
    if how == "as_dialled":
        return dialled
    known = look_up(dialled, country, area_code)
    if not known.digits:
        return dialled
    if how in ("e164", "digits"):
        return known.e164 if how == "e164" else known.digits
    national_prefix, international_prefix = _prefixes(country)
    if known.abroad:
        return international_prefix + known.digits if international_prefix else known.e164
    if how == "local" and known.kind == "local":
        return known.national.removeprefix(area_code) or dialled
    return national_prefix + known.national


def _parsed(dialled: str, country: str, area_code: str) -> phonenumbers.PhoneNumber | None:
    if dialled.startswith("+"):
        return _parse(dialled, None)
    short = _parse(dialled, country) if dialled.isdecimal() and not dialled.startswith("0") else None
    if short is not None and phonenumbers.is_valid_short_number_for_region(short, country):
        return None
    abroad = _international_prefix(country).match(dialled)
    if abroad is not None:
        return _parse(f"+{dialled[abroad.end() :]}", None)
    national_prefix, _ = _prefixes(country)
    if area_code and len(dialled) > 1 and not (national_prefix and dialled.startswith(national_prefix)):
        here = _parse(f"+{phonenumbers.country_code_for_region(country)}{area_code}{dialled}", None)
        if here is not None and phonenumbers.is_possible_number(here):
            return here
    return _parse(dialled, country)


def _parse(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _short(dialled: str, country: str) -> NumberClass:
    """Of a number that works in its country only: what it costs."""
    if not dialled.isdecimal():
        return "special"
    number = _parse(dialled, country)
    if number is None:
        return "special"
    match phonenumbers.expected_cost_for_region(number, country):
        case ShortNumberCost.TOLL_FREE:
            return "toll_free"
        case ShortNumberCost.PREMIUM_RATE:
            return "premium"
    return "special"


@cache
def _prefixes(country: str) -> tuple[str, str]:
    """What is dialled before a number of another area, and of another country; empty for none."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        return "", ""
    international = metadata.preferred_international_prefix or metadata.international_prefix or ""
    bare = international.replace("~", "")
    return metadata.national_prefix or "", bare if bare.isdecimal() else ""


@cache
def _international_prefix(country: str) -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    return re.compile((metadata.international_prefix if metadata else "") or "(?!)")
