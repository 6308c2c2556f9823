"""softswitch check: every problem with its place, and no password on the screen."""

import json
from pathlib import Path

import pytest

from tests.cli.fake import Command

WRONG = """\
domain: office.example
listen: [udp://0.0.0.0:5060, tpc://0.0.0.0:5060]
timezone: Europe/Berlni
extensions:
  101: {name: Anna, pasword: geheimnis1, password: "geheimnis2"}
  102: geheimnis3
  103:
    password: >-
      geheimnis4
      geheimnis5
    nmae: Jörg
"""


def test_a_good_dialplan(softswitch: Command, dialplan: Path) -> None:
    result = softswitch("check", dialplan.name)
    assert (result.exit_code, result.stdout) == (0, "office.yaml: good, 2 extensions at office.example\n")


def test_all_problems_with_line_and_caret(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text(WRONG)
    result = softswitch("check", "x.yaml")
    assert result.exit_code == 1
    assert (
        "x.yaml:2:30: error: listen[1]: unknown transport 'tpc': 'tpc://0.0.0.0:5060'\n"
        "    2 │ listen: [udp://0.0.0.0:5060, tpc://0.0.0.0:5060]\n"
        "      │                              ^^^^^^^^^^^^^^^^^^\n"
        "     = did you mean 'tcp'?\n"
    ) in result.stdout
    assert "    5 │   101: {name: Anna, pasword: •••, password: •••}\n" in result.stdout
    assert result.stdout.endswith("\nx.yaml: refused, 5 errors\n")


def test_what_may_be_a_password_is_never_shown(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text(WRONG)
    for options in ((), ("--json",)):
        assert "geheimnis" not in softswitch("check", "x.yaml", *options).stdout


@pytest.mark.parametrize(
    "broken",
    [
        "extensions:\n  101: {password: geheimnis, name: [x\n  102: {password: geheimnis]\n",
        "extensions:\n  101: {pasword: geheimnis\n",
        'extensions:\n  101: {password: "geheimnis}\n',
        "extensions:\n  101:\n    password: 'geheimnis\n    x: y\n",
        "extensions:\n  101:\n    password:\n      geheimnis: [\n",
        "extensions:\n\t101: {password: geheimnis}\n",
        "extensions:\n  101: {password: @geheimnis}\n",
        "extensions:\n  101: {password: *geheimnis}\n",
        "extensions:\n  101: {password:geheimnis: }}\n",
        "extensions:\n  101: geheimnis: x\n",
        "extensions:\n  101: {password: &geheimnis }}\n",
    ],
)
def test_a_file_that_is_no_yaml_shows_no_password(softswitch: Command, folder: Path, broken: str) -> None:
    (folder / "x.yaml").write_text("domain: office.example\n" + broken)
    result = softswitch("check", "x.yaml")
    assert result.exit_code == 1
    assert "error" in result.stdout
    assert "geheimnis" not in result.stdout


def test_the_caret_stands_right_after_a_covered_password_and_wide_letters(
    softswitch: Command, folder: Path
) -> None:
    line = "  101: {name: 日本, password: geheimnis99, srtp: maybe}"
    (folder / "x.yaml").write_text(f"domain: a.example\nextensions:\n{line}\n")
    shown = softswitch("check", "x.yaml").stdout.splitlines()
    assert shown[1] == "    3 │   101: {name: 日本, password: •••, srtp: maybe}"
    # 日 and 本 take two cells each.
    assert shown[2].index("^") == shown[1].index("maybe") + 2


def test_a_long_line_is_shown_around_the_place(softswitch: Command, folder: Path) -> None:
    line = "codecs: [" + ", ".join(["pcma"] * 40) + ", mp3]"
    (folder / "x.yaml").write_text(
        f"domain: a.example\nextensions: {{101: {{password: abcdefgh}}}}\n{line}\n"
    )
    result = softswitch("check", "x.yaml")
    shown, caret = (row for row in result.stdout.splitlines() if "│" in row)
    assert len(shown) <= 80
    assert shown[caret.index("^") :].startswith("mp3]")


def test_warnings_let_it_pass(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text("domain: a.example\nextensions: {101: {password: kurz}}\n")
    result = softswitch("check", "x.yaml")
    assert result.exit_code == 0
    assert "x.yaml:2:30: warning: extensions.101.password: the password is shorter" in result.stdout
    assert "good, 1 extension at a.example, 1 warning" in result.stdout
    assert "kurz" not in result.stdout


def test_json(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text(
        "domain: a.example\nextensions: {101: {password: abcdefgh}}\nlanguge: de\n"
    )
    result = softswitch("check", "x.yaml", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "file": "x.yaml",
        "ok": False,
        "problems": [
            {
                "severity": "error",
                "file": "x.yaml",
                "line": 3,
                "column": 1,
                "path": "languge",
                "value": "languge",
                "message": "unknown key 'languge'",
                "remedy": "did you mean 'language'?",
            }
        ],
    }


def test_a_file_that_is_not_there(softswitch: Command) -> None:
    result = softswitch("check", "nowhere.yaml")
    assert result.exit_code == 1
    assert "nowhere.yaml:1:1: error: the dialplan cannot be read: No such file or directory" in result.stdout


def test_escape_sequences_in_the_file_do_not_reach_the_terminal(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text(
        'domain: a.example\n"\\e[31mred": x\ntimezone: "\u202eevil [bold]x[/bold]"\n'
    )
    result = softswitch("check", "x.yaml")
    assert not set("\x1b\u202e") & set(result.stdout)
    assert "[bold]x[/bold]" in result.stdout


def test_the_schema_is_json(softswitch: Command) -> None:
    assert json.loads(softswitch("schema").stdout)["title"] == "Softswitch dialplan, version 1"
