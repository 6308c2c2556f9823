"""Whatever stands in a file, `load` returns a dialplan or raises DialplanError, and nothing else."""

from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from hypothesis import example, given
from hypothesis import strategies as st

from softswitch.config import Dialplan, DialplanError, load, load_text

FILE = Path("office.yaml")

GOOD = """\
version: 1
domain: office.example
listen: [udp://0.0.0.0:5060, "tls://[::1]:5061"]
tls: {certificate: auto}
rtp: {ports: 10000-19999, timeout: off}
codecs: &codecs [pcma, pcmu]
calls: {ring_time: 60s, max_calls: 10}
extensions:
  101: {name: Anna, password: abcdefgh}
  102:
    password: {env: PW}
    transports: [udp]
"""

SIGNS = "\n:{}[]!|>'\"#~\t,\x00\x85\ufeff"
YAML_WORDS = (
    ": ",
    "- ",
    "? ",
    "\n  ",
    "&a ",
    "*a",
    "!!int ",
    "<<",
    "---",
    "...",
    "%YAML 1.1\n",
    "null",
    "0x1",
)
OUR_WORDS = (
    "1e999",
    ".nan",
    "101",
    "udp://",
    "[::]",
    "domain",
    "extensions",
    "password",
    "listen",
    "rtp",
    "tls",
)
yaml_words = st.sampled_from((*SIGNS, *YAML_WORDS, *OUR_WORDS))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(text: str) -> None:
    with suppress(DialplanError):
        assert isinstance(load_text(text, FILE, {"PW": "abcdefgh"}), Dialplan)


@given(st.text() | st.lists(yaml_words, max_size=30).map("".join))
@example("\x00")
@example("%YAML 9.9\n--- a")
@example("%TAG ! a\n%TAG ! a\n--- !x y")
@example("? ")
@example("\r'")
@example("a: 1\rb: [")
@example("- - ? - :")
@example("a: !<> b")
@example("0o9: 0x")
@example("version: " + "9" * 5000)
@example("rtp: {timeout: 0x" + "f" * 300 + "}")
def test_any_text(text: str) -> None:
    read(text)


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=4) | yaml_words)
def test_a_good_file_with_a_piece_replaced(at: int, length: int, piece: str) -> None:
    read(GOOD[:at] + piece + GOOD[at + length :])


@given(st.sampled_from([*Dialplan.model_fields]), values)
def test_any_value_under_any_key(key: str, value: object) -> None:
    read(f"{GOOD.replace(key + ':', 'other:', 1)}\n{key}: {_flow(value)}\n")


@given(values, values)
def test_any_value_in_an_extension(password: object, name: object) -> None:
    read(f"domain: a.example\nextensions: {{1: {{password: {_flow(password)}, name: {_flow(name)}}}}}\n")


@given(st.binary())
def test_any_bytes(content: bytes) -> None:
    with NamedTemporaryFile(suffix=".yaml") as file:
        Path(file.name).write_bytes(content)
        with suppress(DialplanError):
            load(Path(file.name))


def _flow(value: object) -> str:
    """A value as YAML flow text; JSON is YAML, but for its way with special floats."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float):
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(value), repr(value))
    return "~" if value is None else str(value).lower()
