"""The schema for editors: what `load` takes, it takes; what both can see, both refuse."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from softswitch.config import DialplanError, json_schema, load_text
from softswitch.config.__main__ import TREE, schema_text
from softswitch.config.dialplan import Dialplan
from softswitch.config.reference import with_reference
from softswitch.config.section import all_sections_of

FILE = Path("office.yaml")
SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def durations(minimum: int, maximum: int, off: bool = False) -> st.SearchStrategy[Any]:
    """Durations between two bounds, in each form that the file allows."""
    plain = st.integers(minimum, maximum)
    forms = [plain, plain.map(lambda seconds: f"{seconds}s"), st.floats(minimum, maximum)]
    if maximum >= 60 * max(1, minimum):
        forms.append(st.integers(max(1, -(-minimum // 60)), maximum // 60).map(lambda minutes: f"{minutes}m"))
    return st.one_of(*forms, *([st.just("off")] if off else []))


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


def listed(*items: str) -> st.SearchStrategy[list[str]]:
    """Some of these items in any order, each once."""
    return st.lists(st.sampled_from(items), min_size=1, unique=True)


words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
languages = st.sampled_from(["en", "de", "pt-BR", "zh-Hant-TW"])
timezones = st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1"])
hosts = st.sampled_from(["a.example", "localhost", "192.168.1.10", "::1", "[2001:db8::1]", "x-1.Y2.example"])
# Parking has 700 to 720 where a file says nothing.
numbers = st.from_regex(r"[0-9][0-9*#]{0,14}", fullmatch=True).filter(
    lambda number: number not in {str(taken) for taken in range(700, 721)}
)
passwords = st.text(st.characters(categories=["L", "N"]), min_size=8, max_size=128) | st.just({"env": "PW"})
extensions = st.fixed_dictionaries(
    {"password": passwords},
    optional={
        "name": words,
        "devices": st.integers(1, 100),
        "transports": st.lists(st.sampled_from(["tcp", "tls"]), unique=True).map(lambda more: ["udp", *more]),
        "srtp": st.sampled_from(["off", "accept", "offer", "require"]),
        "language": languages,
        "timezone": timezones,
        "do_not_disturb": st.booleans(),
        "call_waiting": st.booleans(),
        "ring_time": durations(1, 3600),
    },
)
dialplans = st.fixed_dictionaries(
    {"domain": hosts, "extensions": st.dictionaries(numbers, extensions, min_size=1, max_size=4)},
    optional={
        "version": st.just(1),
        "realm": words,
        "language": languages,
        "timezone": timezones,
        "listen": st.sampled_from(
            [["udp://0.0.0.0:5060"], ["udp://[::1]", "tcp://127.0.0.1:1"], ["udp://[fe80::1%eth0]:65535"]]
        ),
        "tls": st.just({"certificate": "auto"}),
        "external_address": st.sampled_from(["203.0.113.7", "2001:db8::7"]),
        "local_networks": listed("10.0.0.0/8", "fc00::/7", "192.168.1.5", "172.16.0.0/255.240.0.0"),
        "rtp": some(
            ports=st.sampled_from(["1024-65535", "20000-20001"]), timeout=durations(5, 86400, off=True)
        ),
        "codecs": listed("pcma", "pcmu", "g722", "opus", "gsm"),
        "audio": st.sampled_from(["narrowband", "wideband"]),
        "registration": some(
            min_expires=durations(1, 100),
            default_expires=durations(200, 3600),
            max_expires=durations(3600, 86400),
            nonce_lifetime=durations(1, 86400),
            algorithms=listed("sha-256", "md5"),
            qualify=durations(5, 86400, off=True),
        ),
        "calls": some(
            ring_time=durations(1, 3600),
            max_calls=st.integers(1, 1000),
            session_timer=durations(90, 86400, off=True),
            drain=durations(0, 86400),
        ),
        "music": st.dictionaries(
            st.sampled_from(["default", "jazz", "Wartemusik 2"]),
            some(
                order=st.sampled_from(["listed", "shuffled"]),
                news=st.sampled_from(["We are open.", ["We are open.", "Until five."]]),
                every=durations(5, 3600),
                level=st.integers(-40, -10),
                language=languages,
            ),
            max_size=2,
        ),
        "prompts": st.sampled_from(["prompts", "/etc/softswitch/prompts"]),
        "state_directory": st.sampled_from(["state", "/var/lib/softswitch"]),
        "log": some(
            level=st.sampled_from(["debug", "info", "warning", "error"]),
            format=st.sampled_from(["auto", "text", "json"]),
        ),
    },
)


def loads(data: object) -> bool:
    """Whether `load` takes this, written as JSON, which is YAML."""
    try:
        load_text(json.dumps(data, ensure_ascii=False), FILE, {"PW": "abcdefgh"})
    except DialplanError:
        return False
    return True


@given(dialplans)
def test_good_dialplans_are_taken_by_both(data: dict[str, Any]) -> None:
    load_text(json.dumps(data, ensure_ascii=False), FILE, {"PW": "abcdefgh"})
    VALIDATOR.validate(data)


@given(dialplans, st.data())
def test_what_load_takes_the_schema_takes(data: dict[str, Any], draw: st.DataObject) -> None:
    """With a value anywhere replaced by another: where load is content, the editor is."""
    data = deepcopy(data)  # strategies share what they draw
    target = data
    while True:
        key = draw.draw(st.sampled_from(sorted(target)))
        if not isinstance(target[key], dict) or not target[key] or draw.draw(st.booleans()):
            break
        target = target[key]
    strange = [0, 1, -1, 5.5, True, None, "", "off", "yes", "5", "30s", "::1", [], ["udp"], {}, {"env": "PW"}]
    target[key] = draw.draw(st.sampled_from(strange))
    if loads(data):
        VALIDATOR.validate(data)


GOOD: dict[str, Any] = {"domain": "a.example", "extensions": {"101": {"password": "abcdefgh"}}}


@pytest.mark.parametrize(
    "more",
    [
        {"domian": "a.example"},
        {"version": 2},
        {"domain": "a b"},
        {"codecs": ["g729"]},
        {"codecs": []},
        {"codecs": ["pcma", "pcma"]},
        {"listen": ["udp:0.0.0.0"]},
        {"rtp": {"ports": 10000}},
        {"calls": {"ring_time": "5 minutes"}},
        {"calls": {"ring_time": "off"}},
        {"calls": {"ring_time": None}},
        {"calls": {"session_timer": 5}},
        {"calls": {"max_calls": "5"}},
        {"extensions": {}},
        {"extensions": {"abc": {"password": "abcdefgh"}}},
        {"extensions": {"101": {}}},
        {"extensions": {"101": {"password": 12345678}}},
        {"extensions": {"101": {"password": {"env": "A", "file": "b"}}}},
        {"extensions": {"101": {"password": {}}}},
        {"extensions": {"101": {"password": "abcdefgh", "number": "101"}}},
        {"extensions": {"101": {"password": "abcdefgh", "do_not_disturb": "yes"}}},
        {"tls": {"certificate": None}},
        {"log": {"level": "loud"}},
    ],
)
def test_what_an_editor_can_see_both_refuse(more: dict[str, Any]) -> None:
    data = {**GOOD, **more}
    assert not VALIDATOR.is_valid(data)
    assert not loads(data)


def test_the_schema_is_a_schema_and_describes_everything() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    parts = [SCHEMA, *SCHEMA["$defs"].values()]
    assert len(parts) == 1 + len(all_sections_of(Dialplan))
    for part in parts:
        assert part["additionalProperties"] is False or part["title"] == "DirectNumber"
        for name, setting in part["properties"].items():
            assert setting.get("description"), name
            assert "null" not in json.dumps(setting), name


def test_examples_and_defaults_fit_their_own_schema() -> None:
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        for name, setting in part["properties"].items():
            validator = Draft202012Validator({**setting, "$defs": SCHEMA["$defs"]})
            for value in (
                *setting.get("examples", ()),
                *([setting["default"]] if "default" in setting else ()),
            ):
                assert validator.is_valid(value), (name, value)


def test_the_files_made_from_the_models_are_current() -> None:
    """If not: `python -m softswitch.config`."""
    assert (TREE / "conf" / "dialplan.schema.json").read_text(encoding="utf-8") == schema_text()
    page = (TREE / "docs" / "dialplan.md").read_text(encoding="utf-8")
    assert with_reference(page) == page


def test_a_page_without_a_place_for_the_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_reference("# The dialplan")
