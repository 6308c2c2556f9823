"""Departments, conferences, trunks, features and parking: what the file can say, and what it is told."""

from pathlib import Path

import pytest

from softswitch.config import Dialplan, DialplanError, load_text
from softswitch.config.feature import DIALLED, IN_CALL, Feature

FILE = Path("office.yaml")
COMPANY = """\
domain: office.example
extensions:
  101: {name: Anna Berg, password: k7mp-x3wq-9fht}
  0102: {name: Boris Ivanov, password: r2vd-8hnc-4tbe, forward: {busy: sales}, mobile: "9017112345"}
departments:
  sales: {number: 200, name: Sales, members: [101, 0102], ring_time: 20s}
numbers: {"+4930123450": sales, "+4930123451": 0102}
conferences:
  800: {name: Monday, pin: 0815, moderator_pin: {env: PIN}}
trunks:
  carrier: {server: "sip.carrier.example/tcp", numbers: ["+4930123450"], prefix: 9}
"""


def read(text: str) -> Dialplan:
    return load_text(text, FILE, {"PIN": "4711"})


def test_a_company_is_read_with_zeros_kept_and_pins_covered() -> None:
    company = read(COMPANY)
    assert company.warnings == ()
    assert company.departments["sales"].extensions == ("101", "0102")
    assert [one.key for one in company.departments_of("0102")] == ["sales"]
    assert company.department("200") is company.department("sales")
    assert company.numbers["+4930123451"].otherwise == "0102"
    room = company.conferences["800"]
    assert room.pin is not None
    assert room.pin.get_secret_value() == "0815"
    assert "0815" not in f"{company!r}"
    assert str(company.trunks["carrier"].server) == "sip.carrier.example:5060/tcp"
    assert company.trunks["carrier"].shown_number == "+4930123450"


def test_every_feature_has_its_key_and_its_code() -> None:
    features = read(COMPANY + 'features: {redial: off, call_back: "*07"}\n').features
    assert set(type(features).model_fields) == {feature.value for feature in (*DIALLED, *IN_CALL)}
    assert features.code(Feature.REDIAL) is None
    assert features.code(Feature.CALL_BACK) == "*07"
    assert features.code(Feature.PICKUP) == features.code(Feature.PICKUP_GROUP) == "*8"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (COMPANY.replace("[101, 0102]", "[101, 0103]"), "6:52: departments.sales.members[1]: there is no"),
        (COMPANY.replace("number: 200", "number: 101"), "101 is the extension of Anna Berg already"),
        (COMPANY.replace("  800:", "  701:"), "conferences.701: 701 is one of the orbits"),
        (COMPANY.replace("busy: sales", "busy: salse"), "did you mean 'sales'?"),
        (COMPANY.replace('"9017112345"', '"5017112345"'), "mobile: no trunk leads to this number"),
        (
            COMPANY.replace('"+4930123451": 0102', '"+4930123451": 103'),
            "numbers.+4930123451: '103' is no extension",
        ),
        (COMPANY.replace("pin: 0815", "pin: 12"), "conferences.800.pin: this is not a pin"),
        (COMPANY.replace("example/tcp", "example/tpc"), "unknown transport 'tpc'"),
        (COMPANY.replace("prefix: 9", 'prefix: "*7"'), "this prefix cannot be told from"),
        (
            COMPANY + "  other: {server: SIP.carrier.example:5080}\n",
            "trunks.other.server: the trunk carrier has this address already",
        ),
        (
            COMPANY.replace("example/tcp", "example/tls"),
            "trunks.carrier.server: no listener speaks tls",
        ),
        (
            COMPANY.replace("server: ", "servers: [b.example, SIP.carrier.example], server: "),
            "server and servers both say where it is",
        ),
        (COMPANY + "  other: {prefix: 8}\n", "trunks.other.server: no server is named"),
        (COMPANY + "  other: {servers: [b.example, c:d]}\n", "trunks.other.servers[1]: 'd' is not a port"),
        (
            COMPANY + "  other: {servers: [b.example, sip.carrier.example]}\n",
            "trunks.other.servers[1]: the trunk carrier has this address already",
        ),
        (
            COMPANY
            + "  other: {servers: [b.example, c.example], user: a, password: abc-abc-9, qualify: off}\n",
            "trunks.other.qualify: without it nobody learns which of the servers answers",
        ),
        (
            COMPANY + "  other: {server: b.example, addresses: [1.0.0.0/4]}\n",
            "did you mean '0.0.0.0/4'?",
        ),
        (
            COMPANY + "  other: {server: b.example, addresses: [0.0.0.0/4]}\n",
            "trunks.other.addresses[0]: half the world is in this network",
        ),
        (
            COMPANY + "  a: {server: a.example, addresses: [203.0.113.0/24]}\n"
            "  b: {server: b.example, addresses: [203.0.113.7/32]}\n",
            "trunks.b.addresses[0]: the trunk a has some of these addresses already",
        ),
        (COMPANY.replace("prefix: 9", "user: abc, prefix: 9"), "the account's password is missing"),
        (
            COMPANY + 'features: {redial: "*72"}\n',
            "features.redial: *72 is the code of forward_always already",
        ),
        (COMPANY + "features: {redial: 101}\n", "features.redial: 101 is the extension of Anna Berg"),
        (COMPANY + 'features: {redial: "*8101"}\n', "pickup (*8) cannot be followed by 101"),
        (COMPANY + 'features: {three_way: "#"}\n', "# (three_way) is taken before ## (blind_transfer)"),
        (COMPANY + "features: {three_way: 3}\n", "a code that is pressed in a call begins with * or #"),
        (COMPANY + "features: {redail: off}\n", "did you mean 'redial'?"),
        (
            COMPANY + "parking: {orbits: 720-701}\n",
            "the range is reversed: '720-701'; did you mean '701-720'?",
        ),
        (COMPANY + "parking: {number: 101}\n", "parking.number: 101 is the extension of Anna Berg already"),
    ],
)
def test_what_cannot_be_is_told_at_its_place(text: str, said: str) -> None:
    with pytest.raises(DialplanError) as caught:
        read(text)
    assert said in "\n".join(map(str, caught.value.problems))


def test_networks_of_a_carrier_that_are_somebody_elses_are_told() -> None:
    text = COMPANY + "  other: {server: 192.168.1.5, addresses: [192.168.1.0/24, 203.0.113.0/24]}\n"
    text += "  third: {server: 203.0.113.9}\n"
    told = [f"{one.path}: {one.message}" for one in read(text).warnings]
    assert told == [
        "trunks.other.addresses[0]: this network is local: phones in it would be taken for the carrier "
        "when they call",
        "trunks.other.addresses[1]: the server of another trunk is among these: its calls stay that trunk's",
    ]
