"""The mistakes that people make in YAML: each told with its place, what is wrong, and what to do."""

from pathlib import Path

import pytest

from softswitch.config import Dialplan, DialplanError, load_text
from softswitch.config.problems import Finding, Severity

FILE = Path("a.yaml")
TOP = "domain: a.example\nextensions:\n"
GOOD = TOP + "  101: {password: k7mp-x3wq}\n"


def told(text: str) -> list[str]:
    with pytest.raises(DialplanError) as caught:
        load_text(text, FILE, {})
    return [str(problem).removeprefix("a.yaml:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            TOP + "\t101: {password: k7mp-x3wq}\n",
            "3:1: a tab indents this line; indent by spaces, two a level",
        ),
        (
            TOP + "  101:\n    password: k7mp-x3wq\n   name: Anna\n",
            "5:4: this line is indented by 3 spaces, as no line above it that it could belong to; "
            "indent it by 2 or 4, as its neighbours",
        ),
        (
            TOP + "  101:\n    name: Anna\n      password: k7mp-x3wq\n",
            "5:7: this is indented deeper than the line above, which has its value already; "
            "begin it below the beginning of the line above",
        ),
        (
            GOOD + "announcements:\n  hi:\n    say: Welcome: we are open\n",
            "6:17: a second colon in one line; put a text that holds a colon into quotes",
        ),
        (
            "domain:a.example\nextensions:\n  101: {password: k7mp-x3wq}\n",
            "1:8: a space is missing after the colon; write it as in key: value",
        ),
        (
            TOP + "  101: {password: k7mp-x3wq, name:Anna}\n",
            "3:30: extensions.101: a space is missing after the colon; write it as in key: value",
        ),
        (
            TOP + "  101:\n    name:Anna\n    password: k7mp-x3wq\n",
            "4:10: a space is missing after the colon; write it as in key: value",
        ),
        (
            TOP + "  101:\n    password: k7mp-x3wq\n    name:Anna\n",
            "5:10: a space is missing after the colon; write it as in key: value",
        ),
        (
            TOP + "  101:\n    password: k7mp-x3wq\n    Anna\n",
            "5:5: this line is no key with its value; write key: value, with a colon and a space",
        ),
        (
            TOP + '  101: {password: "k7mp-x3wq}\n  102: {password: k7mp-x3wr}\n',
            "3:19: the \" that opens a text here is never closed; put \" at the text's end",
        ),
        (
            TOP + "  101: {password: k7mp-x3wq\n  102: {password: k7mp-x3wr}\n",
            "3:8: the { that opens here is never closed; write } at its end",
        ),
        (
            TOP + "  101:\n    password: k7mp-x3wq\n    transports: [udp, tcp\n    name: Anna\n",
            "5:17: the [ that opens here is never closed; write ] at its end",
        ),
        (
            TOP + "  101: {password: k7mp-x3wq, name: Anna #1}\n",
            "3:41: a comment begins here, and the } is in it; put a text that holds # into quotes",
        ),
        (
            TOP + '  101:\n    name: "Anna" Berg\n    password: k7mp-x3wq\n',
            "4:18: the text goes on after its closing quotation mark; put the whole value into quotes",
        ),
        (
            TOP + "  101: {password: @home-k7mp}\n",
            "3:19: bad YAML syntax: found character '@' that cannot start any token; "
            "put a value that begins with a special character into quotes",
        ),
        ("", "1:1: the dialplan is empty; let `softswitch init` write one to begin with"),
        ("# nothing yet\n", "1:1: the dialplan is empty; let `softswitch init` write one to begin with"),
        ("domian: a.example\nextensions:\n  101: {password: k7mp-x3wq}\n",
         "1:1: domian: unknown key 'domian'; did you mean 'domain'?"),
        (
            GOOD + "voicemail: {pin: 1234}\n",
            "4:13: voicemail.pin: unknown key 'pin'; it belongs into extensions.NUMBER.voicemail or "
            "departments.KEY.voicemail or conferences.NUMBER",
        ),
        (
            TOP + "  101: {password: k7mp-x3wq, listen: 'udp://1.2.3.4'}\n",
            "3:30: extensions.101.listen: unknown key 'listen'; "
            "listen: is a section of its own: begin its line without spaces",
        ),
        (
            GOOD + "  departments:\n    sales: {members: [101]}\n",
            "4:3: extensions.departments: this is not an extension's number: 'departments'; "
            "departments: is a section of its own: begin its line without spaces",
        ),
        (
            GOOD + "  name: Anna\n",
            "4:3: extensions.name: this is not an extension's number: 'name'; "
            "name: is a setting: indent it below the entry that it belongs to",
        ),
        (
            GOOD + "  102 {password: k7mp-x3wz}\n",
            "4:3: extensions.102 {password: this is not an extension's number: '102 {password'; "
            "a colon is missing: write 102: before its settings",
        ),
        (
            TOP + "  - 101: {password: k7mp-x3wq}\n",
            "3:3: extensions: a mapping is wanted here; "
            "write number: settings lines, indented, below it, without dashes",
        ),
        (
            GOOD + "  102: {password: k7mp-x3wz, voicemail: yes}\n",
            "4:41: extensions.102.voicemail: settings are wanted here; "
            "write {} for the defaults, or write key: value lines, indented, below it",
        ),
        (GOOD + "  101: {password: k7mp-x3wz}\n",
         "4:3: extensions.101: '101' is written twice; it stands in line 3 already"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_with_place_and_remedy(text: str, words: str) -> None:
    assert told(text) == [words]


def test_nothing_of_the_text_is_told() -> None:
    for text in (
        TOP + '  101: {password: "geheim-nis}\n',
        TOP + "  101: {password: geheim-nis\n",
        TOP + "  101:\n    password:geheim-nis\n",
        TOP + "  101: {password:geheim-nis}\n",
        TOP + "  101:\n    password: geheim: nis\n",
    ):
        assert "geheim" not in " ".join(told(text)), text


def test_an_error_is_not_lost_under_a_warning_of_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    at = ("extensions", "101")

    def unwise(_dialplan: Dialplan) -> list[Finding]:
        return [Finding(at, word, "", severity=Severity.WARNING) for word in ("unwise", "dangerous")]

    def wrong(_dialplan: Dialplan) -> list[Finding]:
        return [Finding(at, word, "") for word in ("wrong", "and so is what follows on it")]

    monkeypatch.setattr("softswitch.config.loader.CHECKS", [(unwise, frozenset()), (wrong, frozenset())])
    assert told(GOOD) == [
        "3:8: warning: extensions.101: unwise",
        "3:8: warning: extensions.101: dangerous",
        "3:8: extensions.101: wrong",
    ]
