"""SUBSCRIBE and NOTIFY (RFC 6665), without a socket."""

from collections.abc import Callable
from typing import Any

import pytest

from softswitch.config import Dialplan
from softswitch.sip.authenticator import Accepted
from softswitch.sip.event_package import NotAllowed
from softswitch.sip.message import Request, Response
from softswitch.sip.source import Source
from softswitch.sip.subscriptions import MOST, Subscriptions

SOURCE = Source("192.0.2.7", 5060, "udp", "")
PLAN = Dialplan.model_validate(
    {"domain": "office.example", "extensions": {"102": {"password": "geheimnis"}}}, context=None
)


class Proved:
    """Takes everybody for 102."""

    def check(self, request: Request, source: Source) -> Accepted:
        return Accepted(PLAN.extensions["102"])


class Wire:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def contact(self, source: Source, user: str) -> str:
        return f"<sip:{user}@192.0.2.1:5060>"

    def send(self, method: str, destination: Any, *, headers: Any, **rest: Any) -> None:
        assert method == "NOTIFY"
        self.sent.append({**dict(headers), **rest, "uri": destination.uri})


class Weather:
    name = "weather"
    content_type = "text/plain"

    def __init__(self) -> None:
        self.words = b"sun"

    def resource(self, watcher: str, user: str) -> str | None:
        if user == "secret":
            raise NotAllowed
        return user if user != "nowhere" else None

    def body(self, resource: str, version: int, watcher: str) -> bytes:
        return self.words + b" %d" % version


class Office:
    """Subscriptions, with everything around them at hand."""

    def __init__(self) -> None:
        self.wire, self.weather, self.now = Wire(), Weather(), 1000.0
        self.soon: list[Callable[[], None]] = []
        self.all = Subscriptions(
            Proved(),  # type: ignore[arg-type]
            self.wire,  # type: ignore[arg-type]
            self.soon.append,
            lambda: self.now,
        )
        self.all.offer(self.weather)

    def ask(self, **changes: str) -> Response:
        return self.all.request(subscribe(**changes), SOURCE)

    def told(self) -> dict[str, Any]:
        for work in self.soon:
            work()
        self.soon.clear()
        return self.wire.sent[-1]


def subscribe(**changes: str) -> Request:
    headers = {
        "Via": "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK-one",
        "From": "<sip:102@office.example>;tag=far",
        "To": "<sip:berlin@office.example>",
        "Call-ID": "c1",
        "CSeq": "1 SUBSCRIBE",
        "Contact": "<sip:102@10.0.0.7>",
        "Event": "weather",
        "Expires": "600",
    }
    headers.update({name.replace("_", "-"): value for name, value in changes.items()})
    user = changes.pop("user", "berlin")
    lines = [f"{name}: {value}" for name, value in headers.items() if value and name != "user"]
    text = "\r\n".join([f"SUBSCRIBE sip:{user}@office.example SIP/2.0", *lines, "", ""])
    return Request.parse(text.encode())


REFRESH = {"To": "<sip:berlin@office.example>;tag=z9hG4bK-one", "CSeq": "2 SUBSCRIBE"}


def test_told_at_once_and_at_each_change() -> None:
    office = Office()
    answer = office.ask()
    assert (answer.status, answer.header("Expires")) == (200, "600")
    first = office.told()
    assert first["Subscription-State"] == "active;expires=600"
    assert (first["Call-ID"], first["From"], first["To"]) == ("c1", ";tag=z9hG4bK-one", ";tag=far")
    assert (first["from_"], first["to"]) == ("<sip:berlin@office.example>", "<sip:102@office.example>")
    assert (first["uri"], first["Event"], first["body"]) == ("sip:102@10.0.0.7", "weather", b"sun 0")
    office.weather.words = b"rain"
    office.all.changed("weather", "paris")
    office.all.changed("other", "berlin")
    assert len(office.wire.sent) == 1
    office.all.changed("weather", "berlin")
    second = office.wire.sent[-1]
    assert (second["CSeq"], second["body"]) == ("2", b"rain 1")
    assert office.all.watched("weather", "102") == {("192.0.2.7", 5060)}


def test_refreshed_and_ended_by_the_phone() -> None:
    office = Office()
    office.ask(Event="weather;id=7")
    office.now += 500
    assert office.ask(**REFRESH).header("Expires") == "600"
    assert office.told()["Event"] == "weather;id=7"
    office.now += 500
    office.all.expire()
    assert len(office.all) == 1
    assert office.ask(**{**REFRESH, "CSeq": "1 SUBSCRIBE"}).status == 500, "it is older"
    assert office.ask(**REFRESH).status == 200, "a copy changes nothing"
    assert office.ask(**{**REFRESH, "CSeq": "3 SUBSCRIBE", "Expires": "0"}).status == 200
    assert office.told()["Subscription-State"] == "terminated;reason=timeout"
    assert len(office.all) == 0
    assert office.ask(**REFRESH).status == 481


def test_one_word_and_no_more() -> None:
    office = Office()
    assert office.ask(Expires="0").status == 200
    assert office.told()["Subscription-State"] == "terminated;reason=timeout"
    assert len(office.all) == 0


def test_it_ends_by_itself() -> None:
    office = Office()
    office.ask()
    office.told()
    office.now += 600
    office.all.expire()
    assert office.wire.sent[-1]["Subscription-State"] == "terminated;reason=timeout"
    office.ask(Call_ID="c2")
    office.told()
    office.all.forget("102")
    assert office.wire.sent[-1]["Subscription-State"] == "terminated;reason=noresource"
    assert len(office.all) == 0


@pytest.mark.parametrize("status", [481, 408, 503])
def test_a_phone_that_does_not_know_it_is_told_no_more(status: int) -> None:
    office = Office()
    office.ask()
    office.told()["on_reply"](status)
    assert len(office.all) == 0


def test_a_retransmission_is_none_of_its_own() -> None:
    office = Office()
    office.ask()
    assert office.ask().status == 200
    assert (len(office.all), len(office.soon)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Event": ""}, 489),
        ({"Event": "presence"}, 489),
        ({"Accept": "application/pidf+xml"}, 406),
        ({"Expires": "10"}, 423),
        ({"user": "secret"}, 403),
        ({"user": "nowhere"}, 404),
        ({"From": "<sip:101@office.example>;tag=far"}, 403),
        ({"Contact": ""}, 400),
        ({"To": "<sip:berlin@office.example>;tag=other"}, 481),
    ],
)
def test_what_is_refused(changes: dict[str, str], status: int) -> None:
    office = Office()
    assert office.ask(**changes).status == status
    assert len(office.all) == 0


def test_not_without_end() -> None:
    office = Office()
    for nth in range(MOST):
        assert office.ask(Call_ID=f"c{nth}").status == 200
    assert office.ask(Call_ID="more").status == 403


def test_nothing_of_the_phones_is_printed_into_a_header() -> None:
    office = Office()
    office.ask(Event='weather;id="a\tb')
    assert office.told()["Event"] == "weather"
