"""Everything that we show is true: conf/, the manual's examples, and what `init` writes."""

import re
from pathlib import Path

import pytest

from softswitch.config import load, load_text, random_password, scaffold
from softswitch.config.__main__ import TREE
from softswitch.config.scaffold import ALPHABET

CONF = TREE / "conf"
PAGE = (TREE / "docs" / "dialplan.md").read_text(encoding="utf-8")
EXAMPLES = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "domain:" in text]


@pytest.mark.parametrize("file", sorted(CONF.glob("*.yaml")), ids=lambda file: file.name)
def test_each_dialplan_in_conf_loads_without_a_warning(file: Path) -> None:
    assert load(file, {}).warnings == ()
    schema = re.search(
        r"^# yaml-language-server: \$schema=(.+)$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert schema is not None
    assert (CONF / schema[1]).is_file()


def test_the_demonstration_is_for_this_machine_only() -> None:
    demo = load(CONF / "demo.yaml", {})
    assert [str(one) for one in demo.listen] == [
        "udp://127.0.0.1:5060",
        "tcp://127.0.0.1:5060",
        "tls://127.0.0.1:5061",
    ]
    assert demo.domain == "127.0.0.1"
    assert demo.tls is not None
    assert demo.tls.self_signed
    assert list(demo.extensions) == [str(number) for number in range(101, 111)]
    for number, extension in demo.extensions.items():
        assert extension.password.get_secret_value() == f"demo-{number}"
        assert extension.name != number


def test_the_smallest_has_ten_lines_at_most() -> None:
    assert len((CONF / "smallest.yaml").read_text(encoding="utf-8").splitlines()) <= 10


def test_the_manual_has_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[1])
def test_each_example_of_the_manual_loads_without_a_warning(text: str, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "102").write_text("a secret in a file\n")
    dialplan = load_text(text, tmp_path / "office.yaml", {"PW_101": "a secret outside"})
    assert dialplan.warnings == ()


def test_a_fresh_dialplan_loads_without_a_warning() -> None:
    dialplan = load_text(
        scaffold(25, "192.168.1.10", timezone="Europe/Berlin", language="de"), Path("a.yaml"), {}
    )
    assert dialplan.warnings == ()
    assert list(dialplan.extensions) == [str(number) for number in range(101, 126)]
    assert dialplan.timezone.key == "Europe/Berlin"
    assert dialplan.language == "de"
    passwords = {extension.password.get_secret_value() for extension in dialplan.extensions.values()}
    assert len(passwords) == 25


@pytest.mark.parametrize(
    ("domain", "loaded"),
    [
        ("office.example", "office.example"),
        ("::1", "[::1]"),
        ("null", "null"),
        ("true", "true"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_a_fresh_dialplan_takes_any_domain(domain: str, loaded: str) -> None:
    assert load_text(scaffold(1, domain), Path("a.yaml"), {}).domain == loaded


def test_a_fresh_dialplan_keeps_the_zeros_of_its_numbers() -> None:
    assert list(load_text(scaffold(3, "a.example", "0099"), Path("a.yaml"), {}).extensions) == [
        "0099",
        "0100",
        "0101",
    ]


@pytest.mark.parametrize(
    ("count", "domain", "first"),
    [
        (0, "a.example", "101"),
        (10_001, "a.example", "101"),
        (1, "not a host", "101"),
        (1, "a.example\nlisten: [udp://0.0.0.0]", "101"),
        (1, "a.example", "-5"),
        (1, "a.example", "ten"),
        (2, "a.example", "999999999999999"),
    ],
)
def test_no_fresh_dialplan_from_nonsense(count: int, domain: str, first: str) -> None:
    with pytest.raises(ValueError, match=r"; "):
        scaffold(count, domain, first)


def test_random_passwords_are_easily_typed() -> None:
    assert set("lo01i").isdisjoint(ALPHABET)
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        assert re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", password)


def test_a_large_fresh_dialplan_gives_up_parking_for_its_extensions() -> None:
    dialplan = load_text(scaffold(700, "a.example"), Path("a.yaml"), {})
    assert "710" in dialplan.extensions
    assert dialplan.parking.number is None
    assert dialplan.warnings == ()
