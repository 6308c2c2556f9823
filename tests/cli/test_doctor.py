"""softswitch doctor: each trouble is found, with why it matters and what to do; and only real troubles."""

import contextlib
import datetime
import ipaddress
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from softswitch.cli.checkup import clock, files, limits, network, pjsip, ports, running, sound, tls
from softswitch.cli.checkup.finding import Finding, Level
from softswitch.cli.checkup.sockets import BoundSocket, Program, bound_sockets, owners
from softswitch.config import Dialplan, load_text
from tests.cli.fake import Command, FakeSwitch
from tests.cli.samples import status
from tests.rig.ports import new_address

ANY = str(ipaddress.IPv4Address(0))
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def plan(text: str = "", folder: Path = Path("/nowhere")) -> Dialplan:
    base = "domain: office.example\nextensions: {101: {password: geheimnis1}}\n"
    return load_text(base + text, folder / "x.yaml", {})


def bound(protocol: str, address: str, port: int, inode: str = "7") -> BoundSocket:
    return BoundSocket(protocol, ipaddress.ip_address(address), port, inode)  # type: ignore[arg-type]


def levels(findings: Iterator[Finding]) -> list[str]:
    return [str(one.level) for one in findings]


# ---- ports ----


def test_a_port_that_a_program_holds() -> None:
    taken = ports.Ports((bound("udp", ANY, 5060),), {"7": Program(99, "baresip")})
    udp, tcp = ports.look_at_listeners(
        plan("listen: ['udp://127.0.0.1:5060', 'tcp://127.0.0.1:5060']"), taken
    )
    assert (udp.level, udp.what) == (Level.ERROR, "udp://127.0.0.1:5060 is taken by baresip (pid 99)")
    assert udp.why
    assert udp.remedy
    assert (tcp.level, tcp.what) == (Level.OK, "tcp://127.0.0.1:5060 is free")


def test_a_port_of_a_program_that_cannot_be_seen() -> None:
    (one,) = ports.look_at_listeners(
        plan("listen: ['udp://127.0.0.1:5060']"), ports.Ports((bound("udp", "127.0.0.1", 5060),), {})
    )
    assert one.what == "udp://127.0.0.1:5060 is taken by a program that this user cannot see"


def test_the_running_switchs_own_ports_are_no_trouble() -> None:
    own = ports.Ports(
        (bound("tcp", "127.0.0.1", 5060), bound("udp", "127.0.0.1", 10000)), {"7": Program(99, "s")}, 99
    )
    dialplan = plan("listen: ['tls://127.0.0.1:5060']\ntls: {certificate: auto}")
    (one,) = ports.look_at_listeners(dialplan, own)
    assert (one.level, one.what) == (Level.OK, "tls://127.0.0.1:5060 is served by the running switch")
    assert levels(ports.look_at_sound_ports(dialplan, own)) == ["ok"]


@pytest.mark.parametrize(
    ("listener", "other", "collides"),
    [
        ("udp://10.0.0.1:5060", ("udp", ANY, 5060), True),
        ("udp://0.0.0.0:5060", ("udp", "10.0.0.1", 5060), True),
        ("udp://127.0.0.1:5060", ("udp", "127.0.0.2", 5060), False),
        ("udp://127.0.0.1:5060", ("tcp", "127.0.0.1", 5060), False),
        ("udp://127.0.0.1:5060", ("udp", "127.0.0.1", 5061), False),
        ("udp://[::1]:5060", ("udp", "::", 5060), True),
        ("udp://[::1]:5060", ("udp", ANY, 5060), False),
    ],
)
def test_which_sockets_are_in_the_way(listener: str, other: tuple[str, str, int], collides: bool) -> None:
    found = ports.in_the_way(plan(f"listen: ['{listener}']").listen[0], [bound(*other)])
    assert bool(found) is collides


def test_an_ipv6_socket_for_all_takes_ipv4_too() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as all_of_them:
        all_of_them.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        all_of_them.bind(("::", 0))
        port = all_of_them.getsockname()[1]
        dialplan = plan(f"listen: ['udp://127.0.0.1:{port}']")
        (one,) = ports.look_at_listeners(dialplan, ports.Ports.now(dialplan))
        assert one.level is Level.ERROR
        assert f"(pid {os.getpid()})" in one.what


def test_an_address_that_this_machine_does_not_have() -> None:
    (one,) = ports.look_at_listeners(plan("listen: ['udp://203.0.113.77:5060']"), ports.Ports((), {}))
    assert one.level is Level.ERROR
    assert "this machine has no address 203.0.113.77" in one.what


@pytest.mark.parametrize(("allowed", "level"), [(True, Level.OK), (False, Level.ERROR)])
def test_a_privileged_port(monkeypatch: pytest.MonkeyPatch, allowed: bool, level: Level) -> None:
    monkeypatch.setattr(ports, "_may_bind_low", lambda: allowed)
    monkeypatch.setattr(ports, "_first_unprivileged", lambda: 1024)
    (one,) = ports.look_at_listeners(plan("listen: ['udp://127.0.0.1:506']"), ports.Ports((), {}))
    assert one.level is level


def test_sound_ports_that_others_hold() -> None:
    others = tuple(bound("udp", ANY, 10000 + index, str(index)) for index in range(7))
    programs = {str(index): Program(index, f"p{index}") for index in (1, 2, 3, 4)} | {"6": Program(4, "p4")}
    (one,) = ports.look_at_sound_ports(plan(), ports.Ports(others, programs))
    assert one.level is Level.WARNING
    assert one.what == (
        "of 10000-19999 other programs hold 7: 2 by a program that this user cannot see, 2 by p4 (pid 4), "
        "1 by p1 (pid 1) and more by 2 others"
    )


def test_too_few_sound_ports() -> None:
    (one,) = ports.look_at_sound_ports(plan("rtp: {ports: 10000-10399}"), ports.Ports((), {}))
    assert (one.level, one.what) == (
        Level.WARNING,
        "10000-10399 has room for 100 calls, calls.max_calls is 1000",
    )
    assert "4000 ports" in one.remedy


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_this_machines_sockets_and_their_owners(address: str, kind: socket.SocketKind) -> None:
    address = new_address() if address == "127.0.0.1" else address
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as one:
        one.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            one.listen()
        port = one.getsockname()[1]
        found = [
            other
            for other in bound_sockets()
            if (other.port, str(other.address), other.protocol)
            == (port, address, "udp" if kind == socket.SOCK_DGRAM else "tcp")
        ]
        assert [owners([other])[other.inode].pid for other in found] == [os.getpid()]


def test_a_machine_without_proc(tmp_path: Path) -> None:
    assert bound_sockets(tmp_path) == []
    assert owners([bound("udp", ANY, 1)], tmp_path) == {}


# ---- files, certificate ----


def test_file_rights(tmp_path: Path) -> None:
    key, certificate = make_certificate(tmp_path, "office.example")
    file = tmp_path / "x.yaml"
    file.write_text("")
    dialplan = plan(
        f"listen: ['tls://127.0.0.1:5061']\ntls: {{certificate: {certificate}, key: {key}}}", tmp_path
    )
    for path in (file, key):
        path.chmod(0o600)
    assert levels(files.look_at_files(file, dialplan)) == ["ok", "ok", "ok"]
    file.chmod(0o644)
    key.chmod(0o640)
    dialplan.state_directory.mkdir()
    dialplan.state_directory.chmod(0o777)
    found = list(files.look_at_files(file, dialplan))
    assert levels(iter(found)) == ["warning", "warning", "warning"]
    assert found[0].remedy.startswith(f"chmod 600 {file}")
    assert found[2].remedy == f"chmod 600 {key}"


def test_a_state_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    found = list(files.look_at_files(tmp_path / "x.yaml", plan(folder=tmp_path)))
    assert found[1].level is Level.ERROR
    assert "state_directory" in found[1].remedy


@pytest.mark.parametrize(
    ("name", "days", "expected"),
    [
        ("office.example", 300, ["ok", "ok"]),
        ("*.example", 300, ["ok", "ok"]),
        ("other.example", 300, ["ok", "warning"]),
        ("office.example", 20, ["warning", "ok"]),
        ("office.example", -1, ["error", "ok"]),
    ],
)
def test_certificate(tmp_path: Path, name: str, days: int, expected: list[str]) -> None:
    key, certificate = make_certificate(tmp_path, name, NOW + datetime.timedelta(days=days))
    dialplan = plan(
        f"listen: ['tls://127.0.0.1:5061']\ntls: {{certificate: {certificate}, key: {key}}}", tmp_path
    )
    assert levels(tls.look_at_certificate(dialplan, NOW)) == expected


def test_certificate_not_yet_valid_and_not_there(tmp_path: Path) -> None:
    key, certificate = make_certificate(tmp_path, "office.example")
    dialplan = plan(
        f"listen: ['tls://127.0.0.1:5061']\ntls: {{certificate: {certificate}, key: {key}}}", tmp_path
    )
    early = NOW - datetime.timedelta(days=3650)
    assert next(tls.look_at_certificate(dialplan, early)).what == "it is valid from 2025-06-01 on only"
    certificate.unlink()
    assert levels(tls.look_at_certificate(dialplan, NOW)) == ["error"]


def test_the_switchs_own_certificate(tmp_path: Path) -> None:
    dialplan = plan("listen: ['tls://127.0.0.1:5061']\ntls: {certificate: auto}", tmp_path)
    assert levels(tls.look_at_certificate(dialplan, NOW)) == ["ok"]
    dialplan.state_directory.mkdir()
    _, made = make_certificate(dialplan.state_directory, "other.example")
    made.rename(dialplan.state_directory / "tls-certificate.pem")
    assert levels(tls.look_at_certificate(dialplan, NOW)) == ["ok", "ok", "warning"]
    assert levels(tls.look_at_certificate(plan(), NOW)) == []


# ---- limits, clock ----


def test_descriptors() -> None:
    # 1000 calls of 4 sockets, 128 others, 5 phones on TCP.
    assert limits.descriptors(plan(), 4133).level is Level.OK
    assert limits.descriptors(plan(), -1).level is Level.OK
    low = limits.descriptors(plan(), 4132)
    assert (low.level, "LimitNOFILE=4133" in low.remedy) == (Level.WARNING, True)
    assert limits.descriptors(plan(), 100).level is Level.ERROR


@pytest.mark.parametrize(
    ("size", "dropped", "expected"),
    [
        (212992, 0, ["ok"]),
        (212992, None, ["ok"]),
        (212992, 5, ["warning"]),
        (4194304, 5, ["ok"]),
        (None, 5, []),
    ],
)
def test_buffers(size: int | None, dropped: int | None, expected: list[str]) -> None:
    assert levels(limits.buffers(size, dropped)) == expected


def test_clock() -> None:
    assert clock.verdict(True, 2e9, 1e9).level is Level.OK
    assert clock.verdict(None, 2e9, 1e9).level is Level.OK
    assert clock.verdict(False, 2e9, 1e9).level is Level.WARNING
    assert clock.verdict(True, 0.0, 1e9).level is Level.ERROR
    assert clock.is_synchronised() in (True, False, None)


# ---- network ----


@pytest.mark.parametrize(
    ("text", "address", "level"),
    [
        ("", "192.168.1.5", Level.WARNING),
        ("external_address: 203.0.113.7", "192.168.1.5", Level.OK),
        ("", "8.8.8.8", Level.OK),
        ("listen: ['udp://127.0.0.1:5060']", "192.168.1.5", Level.OK),
    ],
)
def test_nat(text: str, address: str, level: Level) -> None:
    assert network.nat(plan(text), address).level is level


def test_the_domains_name() -> None:
    assert network.name("a.example", ["10.0.0.1"], "10.0.0.1").level is Level.OK
    assert "knows the address" in network.name("a.example", [], "10.0.0.1").what
    assert "tells in time the address" in network.name("a.example", None, "10.0.0.1").what
    assert "10.0.0.1 as their outbound proxy" in network.name("a.example", [], "10.0.0.1").remedy
    assert network.resolve("127.0.0.1") == ["127.0.0.1"]
    assert network.resolve("a" * 70 + ".invalid") == []


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        (None, Level.OK),
        ("", Level.OK),
        (
            "chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept }",
            Level.WARNING,
        ),
        ("chain input { policy drop; udp dport 5060 accept; tcp dport 5060 accept }", Level.OK),
        (":INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT", Level.WARNING),
        (":INPUT ACCEPT [0:0]", Level.OK),
    ],
)
def test_firewall(rules: str | None, level: Level) -> None:
    assert network.firewall(plan(), rules).level is level


# ---- PJSIP, sound, the switch ----


def test_pjsip() -> None:
    said = 'noise\n{"version": "2.17", "codecs": ["PCMA/8000/1", "opus/48000/2"]}\n'
    (fine,) = pjsip.verdict(0, said, "", ("pcma", "opus"))
    assert (fine.level, fine.what) == (Level.OK, "version 2.17 with PCMA, opus")
    (lacking,) = pjsip.verdict(0, said, "", ("pcma", "g722"))
    assert (lacking.level, lacking.what) == (Level.ERROR, "version 2.17 is built without g722")
    (broken,) = pjsip.verdict(1, "", "Traceback\nImportError: libpjsip.so\n", ())
    assert (broken.level, broken.what) == (Level.ERROR, "it does not load: ImportError: libpjsip.so")
    (dead,) = pjsip.verdict(-11, "", "", ())
    assert dead.what == "it does not load: exit code -11"


def test_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    (builtin,) = sound.look_at_sound(plan())
    assert builtin.what == "music on hold is the built-in one"
    (named,) = sound.look_at_sound(plan("music: {jazz: {}, default: {level: -25}}"))
    assert named.what == "music: default, jazz"
    monkeypatch.setenv("PATH", "/no/such")
    assert levels(sound.look_at_sound(plan())) == ["warning", "ok"]


def test_the_running_switch(switch: FakeSwitch, tmp_path: Path) -> None:
    switch.result("status", status())
    answer, found = running.look_at_switch(switch.state, "0.1.0")
    assert (answer or {})["pid"] == 4242
    assert levels(iter(found)) == ["ok"]
    switch.result("status", status(draining=True))
    _, found = running.look_at_switch(switch.state, "0.2.0")
    assert [one.what for one in found[1:]] == [
        "it is shutting down",
        "it is version 0.1.0, installed is 0.2.0",
    ]
    switch.answers["status"] = b"nonsense\n"
    assert levels(iter(running.look_at_switch(switch.state, None)[1])) == ["error"]
    assert levels(iter(running.look_at_switch(tmp_path, None)[1])) == ["ok"]


# ---- the command ----


@pytest.fixture
def pjsip_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether PJSIP is installed where the tests run is not what these tests are about."""
    monkeypatch.setattr(pjsip, "look_at_pjsip", lambda codecs: iter(()))


def subjects(stdout: str) -> dict[str, str]:
    return {one["subject"]: one["level"] for one in json.loads(stdout)["findings"]}


@pytest.mark.usefixtures("pjsip_is_fine")
def test_doctor_on_a_good_dialplan(softswitch: Command, dialplan: Path) -> None:
    result = softswitch("doctor", dialplan)
    assert result.exit_code == 0
    assert "ok       listeners" in result.stdout
    assert "udp://127.0.0.1:45060 is free" in result.stdout
    assert "error" not in result.stdout


@pytest.mark.usefixtures("pjsip_is_fine")
def test_doctor_on_a_wrong_dialplan(softswitch: Command, folder: Path) -> None:
    (folder / "x.yaml").write_text(
        "domain: a.example\nextensions: {101: {password: geheimnis1}}\nlanguge: de\n"
    )
    result = softswitch("doctor", "x.yaml", COLUMNS="120")
    assert result.exit_code == 1
    assert "x.yaml:3: languge: unknown key 'languge'" in result.stdout
    assert "remedy: did you mean 'language'?" in result.stdout
    assert "1 error" in result.stdout.splitlines()[-1]


@pytest.mark.usefixtures("pjsip_is_fine")
def test_doctor_without_anything(softswitch: Command) -> None:
    result = softswitch("doctor", "--json")
    assert result.exit_code == 0
    assert subjects(result.stdout)["dialplan"] == "warning"
    assert "clock" in subjects(result.stdout)


@pytest.mark.usefixtures("pjsip_is_fine")
def test_doctor_finds_the_running_switchs_dialplan(
    softswitch: Command, switch: FakeSwitch, dialplan: Path
) -> None:
    """Its path is relative to the folder that the switch was started in."""
    switch.result("status", status(pid=os.getpid(), dialplan=dialplan.name))
    with held(45060):
        result = softswitch("doctor", "--json")
    assert (result.exit_code, subjects(result.stdout)["listeners"]) == (0, "ok")
    assert "is served by the running switch" in result.stdout


@pytest.mark.usefixtures("pjsip_is_fine")
def test_doctor_finds_another_program_on_the_port(softswitch: Command, dialplan: Path) -> None:
    with held(45060):
        result = softswitch("doctor", dialplan, COLUMNS="120")
    assert result.exit_code == 1
    assert "udp://127.0.0.1:45060 is taken by" in result.stdout


@contextlib.contextmanager
def held(port: int) -> Iterator[None]:
    """The UDP port of 127.0.0.1 is taken by this process."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", port))
        yield


def make_certificate(
    folder: Path, name: str, end: datetime.datetime = NOW + datetime.timedelta(days=300)
) -> tuple[Path, Path]:
    """Key and certificate as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - datetime.timedelta(days=365))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "cert.pem"
