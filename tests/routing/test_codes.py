"""Codes of which one begins with another."""

from pathlib import Path

from softswitch.config import Feature, load_text
from softswitch.routing.codes import Codes

HEAD = "domain: office.example\nextensions:\n"


def codes(*numbers: str) -> Codes:
    rows = "".join(f'  "{number}": {{password: k7mp-x3wq-9fht}}\n' for number in numbers)
    return Codes(load_text(HEAD + rows, Path("/nowhere/office.yaml"), {}))


def test_intercom_is_taken_where_an_extension_follows() -> None:
    assert codes("101", "102").find("*80102") == (Feature.INTERCOM, "102")
    assert codes("101", "0102").find("*80102") == (Feature.PICKUP, "0102")
    assert codes("102", "0102").find("*80102") == (Feature.INTERCOM, "102")
    assert codes("101").find("*80999") == (Feature.INTERCOM, "999")
