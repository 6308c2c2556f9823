"""Reading dialplans: what a good one means."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from pydantic import ValidationError

from softswitch.config import Dialplan, Listener, PortRange, load, load_text

SMALLEST = """\
domain: office.example
extensions:
  101: {name: Anna Berg, password: k7mp-x3wq-9fht}
  0102: {password: "r2vd-8hnc-4tbe"}
"""
FILE = Path("/etc/softswitch/office.yaml")


def read(text: str, environment: dict[str, str] | None = None) -> Dialplan:
    return load_text(text, FILE, environment or {})


def test_smallest_file_gets_every_default() -> None:
    dialplan = read(SMALLEST)
    assert [str(listener) for listener in dialplan.listen] == ["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060"]
    assert dialplan.realm == "office.example"
    assert dialplan.timezone.key == "UTC"
    assert dialplan.state_directory == Path("/etc/softswitch/state")
    assert dialplan.calls.ring_time == 60.0
    assert dialplan.registration.qualify is None
    assert dialplan.extensions["101"].devices == 5
    assert dialplan.extensions["101"].password.get_secret_value() == "k7mp-x3wq-9fht"
    assert dialplan.warnings == ()


def test_numbers_keep_their_zeros_and_give_the_name() -> None:
    extensions = read(SMALLEST).extensions
    assert list(extensions) == ["101", "0102"]
    assert extensions["0102"].number == "0102"
    assert extensions["0102"].name == "0102"


def test_every_setting_arrives() -> None:
    dialplan = read(
        """
version: 1
domain: "2001:db8::5"
realm: Office
language: de
timezone: Europe/Berlin
listen: [udp://127.0.0.1, "tls://[::1]:5071"]
tls: {certificate: auto}
external_address: 203.0.113.7
local_networks: [10.0.0.0/8]
rtp: {ports: 20000-29999, timeout: off}
codecs: [gsm, opus]
audio: wideband
registration: {min_expires: 30, max_expires: 1d, default_expires: 0x10E, algorithms: [md5], qualify: 30s}
calls: {ring_time: 20.5, max_calls: 10, session_timer: off, drain: 0}
log: {level: debug, format: json}
extensions:
  7:
    password: {env: PW}
    devices: 1
    transports: [tls]
    srtp: require
    language: pt-BR
    timezone: Asia/Jakarta
    do_not_disturb: true
    call_waiting: false
    ring_time: 5s
""",
        {"PW": "from-the-outside"},
    )
    assert dialplan.domain == "[2001:db8::5]"
    assert dialplan.listen == (
        Listener("udp", ip_address("127.0.0.1"), 5060),
        Listener("tls", ip_address("::1"), 5071),
    )
    assert dialplan.listen[1].is_ipv6
    assert dialplan.tls is not None
    assert dialplan.tls.self_signed
    assert dialplan.external_address == ip_address("203.0.113.7")
    assert dialplan.rtp.ports == PortRange(20000, 29999)
    assert dialplan.rtp.timeout is None
    assert dialplan.codecs == ("gsm", "opus")
    assert dialplan.registration.min_expires == 30.0
    assert dialplan.registration.default_expires == 270.0
    assert dialplan.registration.max_expires == 86400.0
    assert dialplan.registration.qualify == 30.0
    assert dialplan.calls.ring_time == 20.5
    assert dialplan.calls.session_timer is None
    seven = dialplan.extensions["7"]
    assert seven.password.get_secret_value() == "from-the-outside"
    assert (seven.transports, seven.srtp, seven.do_not_disturb, seven.call_waiting) == (
        ("tls",),
        "require",
        True,
        False,
    )
    assert dialplan.language_of("7") == "pt-BR"
    assert dialplan.timezone_of("7").key == "Asia/Jakarta"
    assert dialplan.ring_time_of("7") == 5.0


def test_unknown_numbers_have_the_dialplans_own_settings() -> None:
    dialplan = read(SMALLEST)
    assert dialplan.language_of("999") == "en"
    assert dialplan.timezone_of("999").key == "UTC"
    assert dialplan.ring_time_of("999") == 60.0


def test_secret_file_is_relative_to_the_dialplan(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "101").write_text("kept in a file\n")
    file = tmp_path / "office.yaml"
    file.write_text("domain: a.example\nextensions:\n  101: {password: {file: secrets/101}}\n")
    assert load(file).extensions["101"].password.get_secret_value() == "kept in a file"


def test_lines_are_remembered() -> None:
    dialplan = read(SMALLEST)
    assert dialplan.file == FILE
    assert dialplan.line_of(("extensions", "0102")) == 4
    assert dialplan.line_of(("extensions", "101", "name")) == 3
    assert dialplan.line_of(("calls", "ring_time")) is None
    assert dialplan.line_of(("extensions", "999")) is None


def test_passwords_never_show() -> None:
    dialplan = read(SMALLEST)
    shown = f"{dialplan} {dialplan!r} {dialplan.model_dump()} {dialplan.model_dump_json()}"
    assert "k7mp" not in shown
    assert "r2vd" not in shown


def test_a_dialplan_is_immutable() -> None:
    dialplan = read(SMALLEST)
    with pytest.raises(ValidationError):
        dialplan.domain = "other.example"
    with pytest.raises(TypeError):
        dialplan.extensions["103"] = dialplan.extensions["101"]  # type: ignore[index]


def test_anchors_may_repeat_a_value() -> None:
    dialplan = read(
        "domain: a.example\nlanguage: &l de\nextensions:\n  1: {password: abcdefgh, language: *l}\n"
    )
    assert dialplan.extensions["1"].language == "de"


def test_yaml_directive_does_not_change_what_words_mean() -> None:
    text = "%YAML 1.1\n---\ndomain: on\nextensions:\n  010: {name: yes, password: abcdefgh}\n"
    dialplan = read(text)
    assert dialplan.domain == "on"
    assert dialplan.extensions["010"].name == "yes"
