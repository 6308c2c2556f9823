"""What a new dialplan changes, said to an operator."""

from pathlib import Path

import pytest

from softswitch.config import Changes, compare, load_text

OLD = """\
domain: office.example
calls: {ring_time: 60s}
extensions:
  101: {name: Anna, password: abcdefgh1}
  102: {name: Boris, password: abcdefgh2}
  103: {name: Clara, password: abcdefgh3}
"""


def changes(new: str, old: str = OLD) -> Changes:
    file = Path("/etc/office.yaml")
    return compare(load_text(old, file, {}), load_text(new, file, {}))


def test_the_same_settings_written_otherwise_are_no_change() -> None:
    other = OLD.replace("60s", "1m").replace("  101:", '  # the boss\n  "101":') + "realm: office.example\n"
    found = changes(other)
    assert not found
    assert found.sentences == ()
    assert found.refusal is None


def test_extensions_that_come_go_and_change() -> None:
    new = OLD.replace("abcdefgh1", "ijklmnop1, ring_time: 20s, transports: [udp]")
    new = new.replace("  102: {name: Boris, password: abcdefgh2}\n", "")
    new = new.replace("Clara", "Klara, do_not_disturb: true") + "  104: {password: abcdefgh4}\n"
    found = changes(new)
    assert [extension.number for extension in found.added] == ["104"]
    assert [extension.number for extension in found.removed] == ["102"]
    assert [(one.number, one.fields) for one in found.changed] == [
        ("101", ("password", "transports", "ring_time")),
        ("103", ("name", "do_not_disturb")),
    ]
    assert found.sentences == (
        "Extension 104 (104) is new.",
        "Extension 102 (Boris) is gone.",
        "Extension 101 (Anna): the password changes; transports changes from udp, tcp, tls to udp; "
        "ring_time is now 20s.",
        "Extension 103 (Klara): name changes from Clara to Klara; do_not_disturb changes from false to true.",
    )
    assert "ijklmnop" not in repr(found)
    assert found.needs_restart == ()


def test_settings_that_a_running_switch_takes() -> None:
    found = changes(
        OLD.replace("{ring_time: 60s}", "{ring_time: 90s, drain: 0}")
        + "log: {level: debug}\nregistration: {qualify: 30s}\nrtp: {timeout: off}\n"
    )
    assert found.sentences == (
        "Setting calls.drain changes from 30s to 0s.",
        "Setting calls.ring_time changes from 1m to 90s.",
        "Setting log.level changes from info to debug.",
        "Setting registration.qualify changes from off to 30s.",
        "Setting rtp.timeout changes from 1m to off.",
    )
    assert found.refusal is None


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("listen: [udp://127.0.0.1]\n", "listen"),
        ("rtp: {ports: 20000-29999}\n", "rtp.ports"),
        ("audio: wideband\n", "audio"),
        ("codecs: [pcma]\n", "codecs"),
        ("external_address: 203.0.113.7\n", "external_address"),
        ("state_directory: /var/lib/softswitch\n", "state_directory"),
        ("tls: {certificate: auto}\n", "tls.certificate"),
        ("log: {format: json}\n", "log.format"),
    ],
)
def test_settings_that_need_a_restart(more: str, path: str) -> None:
    for found in (changes(OLD + more), changes(OLD, OLD + more)):
        assert found.needs_restart == (path,)
        assert found.refusal == f"a running switch cannot change {path}; restart it to take this file"


def test_the_session_timer_needs_a_restart() -> None:
    found = changes(OLD.replace("60s}", "60s, session_timer: off}"))
    assert found.needs_restart == ("calls.session_timer",)


def test_a_new_domain_needs_a_restart_and_takes_the_realm_along() -> None:
    found = changes(OLD.replace("office.example", "other.example"))
    assert found.needs_restart == ("domain",)
    assert [change.path for change in found.settings] == ["domain", "realm"]


def test_a_setting_that_goes() -> None:
    (sentence,) = changes(OLD, OLD + "external_address: 203.0.113.7\n").sentences
    assert sentence == "Setting external_address is no longer set; it was 203.0.113.7."


def test_the_password_of_a_trunk_is_not_told() -> None:
    trunk = "trunks: {line: {server: 203.0.113.9, user: abc, password: carrier-pw-1}}\n"
    found = changes(OLD + trunk.replace("pw-1", "pw-2").replace("113.9", "113.7"), OLD + trunk)
    assert found.sentences == (
        "Trunk line: password changes.",
        "Trunk line: server changes from 203.0.113.9:5060/udp to 203.0.113.7:5060/udp.",
    )
    for text in (changes(OLD, OLD + trunk), changes(OLD + trunk, OLD)):
        assert "carrier-pw" not in repr(text)
        assert "carrier-pw" not in "".join(text.sentences)


def test_a_secret_fetched_anew_is_a_change() -> None:
    text = OLD.replace("abcdefgh1", "{env: PW}")
    file = Path("/etc/office.yaml")
    found = compare(load_text(text, file, {"PW": "abcdefgh1"}), load_text(text, file, {"PW": "ijklmnop1"}))
    assert found.sentences == ("Extension 101 (Anna): the password changes.",)


def test_places_are_told_by_what_they_are_and_key_by_key() -> None:
    more = """
menus:
  main: {prompt: Press one., keys: {1: "101", 2: sales}}
  late: {prompt: Press one., keys: {1: "101"}}
departments: {sales: {members: ["101"]}}
queues: {support: {agents: ["101"], max_wait: 10m}}
"""
    new = more.replace("2: sales", "2: support, 3: sales").replace("10m", "5m").replace("late:", "early:")
    found = changes(OLD + new, OLD + more)
    assert found.sentences == (
        "Menu main: keys.2 changes from sales to support.",
        "Menu main: keys.3 is now sales.",
        "Queue support: max_wait changes from 10m to 5m.",
        "Menu late is gone.",
        "Menu early is new.",
    )
    assert found.places == {("menus", "main"), ("queues", "support")}
