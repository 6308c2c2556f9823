"""A dialplan's lines are shown without passwords, whatever the passwords are and however they are written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from softswitch.cli.masking import COVER, Masked

PASSWORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=6, max_size=20)
WAYS = st.sampled_from(
    [
        "  101: {{password: {quoted}, name: Anna}}",
        "  101: {{name: Anna, pasword: {quoted}}}",
        "  101:\n    password: {quoted}",
        "  101:\n    pass:\n      - {quoted}",
        "  101: {quoted}",
        "  101: [{quoted}]",
        "  101:\n    password: {{value: {quoted}}}",
        "  101:\n    password: |\n      {password}\n    name: Anna",
        "  101:\n    password:\n      {quoted}",
        "  101: &x {quoted}",
        "tls: {{password: {quoted}}}",
        "extension:\n  101: {{password: {quoted}}}",
        "password: {quoted}",
    ]
)


@given(PASSWORDS, WAYS, st.sampled_from(["", "broken: [\n", "a: b: c\n"]))
def test_no_line_shows_the_password(password: str, way: str, broken: str) -> None:
    quoted = json.dumps(password, ensure_ascii=False)
    entry = way.format(quoted=quoted, password=password)
    text = f"domain: a.example\nextensions:\n{entry}\n{broken}"
    masked = Masked(text)
    shown = "\n".join(masked.line(number).text for number in range(1, len(text.splitlines()) + 2))
    assert password not in shown.replace("domain: a.example\nextensions:", "")


@given(
    PASSWORDS, st.sampled_from(["password", "pasword", "pass", "users"]), st.sampled_from(["", "broken: [\n"])
)
def test_no_line_shows_the_password_of_a_trunk(password: str, key: str, broken: str) -> None:
    quoted = json.dumps(password, ensure_ascii=False)
    line = f"  carrier: {{server: sip.carrier.example, user: u, {key}: {quoted}}}"
    masked = Masked(f"domain: a.example\ntrunks:\n{line}\n{broken}")
    shown = masked.line(3).text
    assert COVER in shown
    assert password not in shown.replace("sip.carrier.example, user: u", "")


RECORDS = st.sampled_from(
    [
        "records: {{database: {quoted}}}",
        "records:\n  database: {quoted}",
        "records:\n  - {quoted}",
        "records: {quoted}",
        "record: {{database: {quoted}}}",
    ]
)


@given(PASSWORDS, RECORDS, st.sampled_from(["", "broken: [\n"]))
def test_no_line_shows_the_address_of_the_database(password: str, way: str, broken: str) -> None:
    url = json.dumps(f"postgresql://switch:{password}@db/calls", ensure_ascii=False)
    masked = Masked(f"domain: a.example\n{way.format(quoted=url)}\n{broken}")
    shown = "\n".join(masked.line(number).text for number in range(2, 6))
    assert password not in shown.replace("records", "").replace("database", "")


def test_what_is_harmless_stays() -> None:
    line = "  101: {name: Anna, password: {env: PW_101}, devices: 3}"
    assert Masked(f"domain: a.example\nextensions:\n{line}\n").line(3).text == line


def test_columns_behind_a_cover_move() -> None:
    shown = Masked("extensions:\n  101: {password: geheimnis, nmae: x}\n").line(2)
    assert shown.text == f"  101: {{password: {COVER}, nmae: {COVER}}}"
    assert shown.text[shown.column(30) - 1 :].startswith("nmae")
    assert shown.text[shown.column(20) - 1 :].startswith(COVER)


def test_lines_beyond_the_end() -> None:
    assert Masked("a: b\n").line(9).text == ""
    assert Masked("").line(1).text == ""
