"""What a number is for somebody in a country, and how else it is written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config.calling import NUMBER_CLASSES
from softswitch.config.country import emergency_numbers
from softswitch.routing.numbers import canonical, look_up, rewritten

BERLIN, NEW_YORK, MOSCOW, JAKARTA = ("DE", "30"), ("US", "212"), ("RU", "495"), ("ID", "21")


@pytest.mark.parametrize(
    ("dialled", "where", "kind"),
    [
        ("5551234", BERLIN, "local"),
        ("0305551234", BERLIN, "local"),
        ("+49305551234", BERLIN, "local"),
        ("0403456789", BERLIN, "national"),
        ("01715551234", BERLIN, "mobile"),
        ("004417112345", BERLIN, "international"),
        ("08001234567", BERLIN, "toll_free"),
        ("01805123456", BERLIN, "shared_cost"),
        ("09001234567", BERLIN, "premium"),
        ("115", BERLIN, "special"),
        ("+8816123456", BERLIN, "premium"),  # a satellite
        ("+97912345678", BERLIN, "premium"),
        ("+80012345678", BERLIN, "toll_free"),
        ("5551234", NEW_YORK, "local"),
        ("13055551234", NEW_YORK, "national"),
        ("+12425551234", NEW_YORK, "international"),  # the Bahamas, though they dial it alike
        ("011442071234567", NEW_YORK, "international"),
        ("18005551234", NEW_YORK, "toll_free"),
        ("1234567", MOSCOW, "local"),
        ("89161234567", MOSCOW, "mobile"),
        ("810442071234567", MOSCOW, "international"),
        ("081234567890", JAKARTA, "mobile"),
        ("", BERLIN, "special"),
        ("0", BERLIN, "special"),
    ],
)
def test_what_it_is(dialled: str, where: tuple[str, str], kind: str) -> None:
    assert look_up(dialled, *where).kind == kind


@pytest.mark.parametrize(
    ("dialled", "how", "where", "written"),
    [
        ("0305551234", "e164", BERLIN, "+49305551234"),
        ("5551234", "digits", BERLIN, "49305551234"),
        ("+49305551234", "national", BERLIN, "0305551234"),
        ("+49305551234", "local", BERLIN, "5551234"),
        ("+49403456789", "local", BERLIN, "0403456789"),
        ("+4417112345", "national", BERLIN, "004417112345"),
        ("+4417112345", "national", MOSCOW, "8104417112345"),
        ("84951234567", "e164", MOSCOW, "+74951234567"),
        ("115", "e164", BERLIN, "115"),
        ("5551234", "as_dialled", BERLIN, "5551234"),
    ],
)
def test_how_a_carrier_wants_it(dialled: str, how: str, where: tuple[str, str], written: str) -> None:
    assert rewritten(dialled, how, *where) == written  # type: ignore[arg-type]


def test_emergency_numbers_of_countries() -> None:
    assert emergency_numbers("DE") == {"110", "112"}
    assert emergency_numbers("US") == {"911", "112"}
    assert {"110", "112", "113", "118"} <= emergency_numbers("ID")


COUNTRIES = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
DIALLED = st.from_regex(r"\+?[0-9*#]{0,20}", fullmatch=True)


@given(dialled=DIALLED, country=COUNTRIES, area=st.from_regex(r"[0-9]{0,6}", fullmatch=True))
def test_whatever_is_dialled_is_something(dialled: str, country: str, area: str) -> None:
    known = look_up(dialled, country, area)
    assert known.kind in NUMBER_CLASSES
    for how in ("e164", "digits", "national", "local", "as_dialled"):
        assert rewritten(dialled, how, country, area) or not dialled


@given(country=COUNTRIES)
def test_all_spellings_of_a_number_are_one(country: str) -> None:
    example = phonenumbers.example_number(country)
    if example is None:
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert canonical(e164, country) == e164[1:]
    national = rewritten(e164, "national", country)
    assert look_up(national, country).kind == look_up(e164, country).kind
