"""Fax machines in the dialplan."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load

FILE = """
domain: office.example
extensions: {101: {password: abcd-efgh-ijkl}}
numbers: {"+4930123450": {day: 101, otherwise: office}}
modes: {day: {hours: "9:00-18:00"}}
"""


def told(folder: Path, text: str) -> str:
    file = folder / "dialplan.yaml"
    file.write_text(FILE + text)
    with pytest.raises(DialplanError) as error:
        load(file)
    return str(error.value)


def test_a_fax_is_a_place(tmp_path: Path) -> None:
    file = tmp_path / "dialplan.yaml"
    file.write_text(FILE + 'faxes: {office: {station: "+49 30 123450", header: Berg & Sons, keep: 90d}}')
    fax = load(file).faxes["office"]
    assert (fax.name, fax.keep, fax.email, fax.attempts) == ("office", 90 * 86400.0, (), 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("faxes: {office: {station: Berlin}}", "this is not a fax machine's name"),
        ('faxes: {office: {station: "+123456789012345678901"}}', "this is not a fax machine's name"),
        ("faxes: {office: {header: Берг}}", "no line for the head of a page"),
        ("faxes: {office: {speed: 33600}}", "14400"),
        ("faxes: {office: {email: nobody}}", "this is not a mail address"),
        ("faxes: {office: {email: a@office.example}}", "no server takes this mail"),
        ("faxes: {office: {delete_after_mail: true}}", "no mail is sent from here"),
        ("faxes: {ofice: {}}", "did you mean 'ofice'"),
        ("faxes: {office: {number: 101}}", "101 is the extension of 101 already"),
        (
            "faxes: {office: {}}\nannouncements: {a: {number: 300, say: Hi, then: ofice}}",
            "did you mean 'office'",
        ),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, words: str) -> None:
    assert words in told(tmp_path, text)


@pytest.mark.parametrize(("place", "words"), [("ofice", "did you mean 'office'"), ("101", "add it to faxes")])
def test_a_number_names_a_fax_machine(tmp_path: Path, place: str, words: str) -> None:
    file = tmp_path / "dialplan.yaml"
    file.write_text(f"{FILE}faxes: {{office: {{}}}}".replace("otherwise: office", f"fax: {place}"))
    with pytest.raises(DialplanError, match=words) as error:
        load(file)
    assert "numbers.+4930123450.fax" in str(error.value)
