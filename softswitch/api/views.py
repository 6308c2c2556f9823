"""What the control socket shows of calls and registrations."""

from collections.abc import Iterable
from typing import Any

from softswitch.calls.call import Call
from softswitch.calls.exchange import Exchange
from softswitch.config import Dialplan
from softswitch.records.events import CallEvent, LegClosed
from softswitch.records.recent import CallStory
from softswitch.records.sentences import sentence
from softswitch.sip.carrier_registrations import CarrierRegistrations
from softswitch.sip.ladder import Message
from softswitch.sip.leg import Leg
from softswitch.sip.location import Location
from softswitch.sip.trunk_probe import TrunkProbe
from softswitch.sip.trunks import Trunks
from softswitch.sip.turned_away import TurnedAway


def live_call(call: Call) -> dict[str, Any]:
    """A call that is not over."""
    return {
        "id": call.id,
        "caller": call.caller.number,
        "caller_name": call.caller_name,
        "called": call.called,
        "called_name": call.called_name,
        "state": call.state,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": None,
        "outcome": None,
        "blame": None,
        "words": None,
        "legs": [live_leg(leg) for leg in call.legs],
    }


def live_leg(leg: Leg) -> dict[str, Any]:
    """A leg with its figures of this moment."""
    figures = leg.figures()
    return {
        "number": leg.number,
        "trunk": leg.trunk,
        "direction": leg.direction.value,
        "state": leg.state.value,
        "transport": leg.transport,
        "codec": figures.codec,
        "secured": figures.secured,
        "received": figures.received,
        "lost": figures.lost,
        "jitter_ms": round(figures.jitter_ms, 2),
        "round_trip_ms": round(figures.round_trip_ms, 2),
        "call_id": leg.call_id,
    }


def ended_call(story: CallStory) -> dict[str, Any]:
    """A call of the past."""
    return {
        "id": story.id,
        "caller": story.caller,
        "caller_name": story.caller_name,
        "called": story.called,
        "called_name": story.called_name,
        "state": "ended",
        "started_at": story.started_at,
        "answered_at": story.answered_at,
        "ended_at": story.ended_at,
        "outcome": story.outcome,
        "blame": story.blame,
        "words": story.words,
        "legs": [_closed_leg(event) for event in story.events if isinstance(event, LegClosed)],
    }


def _closed_leg(event: LegClosed) -> dict[str, Any]:
    shown = event._asdict()
    del shown["at"], shown["call"]
    shown["call_id"] = shown.pop("dialog")
    return {"state": "ended", **shown}


def registrations(location: Location, dialplan: Dialplan, now: float) -> list[dict[str, Any]]:
    """Every binding, by number."""
    shown = []
    for number, bindings in sorted(location.everything().items()):
        extension = dialplan.extensions.get(number)
        for binding in bindings:
            ip = f"[{binding.source.ip}]" if ":" in binding.source.ip else binding.source.ip
            shown.append(
                {
                    "number": number,
                    "name": extension.name if extension else "",
                    "contact": binding.contact,
                    "address": f"{ip}:{binding.source.port}",
                    "transport": binding.source.transport,
                    "user_agent": binding.user_agent,
                    "expires_in": round(binding.expires_at - now),
                    "rtt_ms": None if binding.rtt is None else round(binding.rtt * 1000, 1),
                    "connected": binding.connected,
                    "behind_nat": binding.behind_nat,
                    "registered_at": binding.registered_at,
                }
            )
    return shown


def turned_away(found: Iterable[TurnedAway], now: float) -> list[dict[str, Any]]:
    """Who tried to come in and was not let, who tried last first."""
    return [
        {
            "username": one.username,
            "address": one.source.ip,
            "transport": one.source.transport,
            "user_agent": one.device,
            "why": one.why,
            "remedy": one.remedy,
            "times": one.times,
            "ago": round(now - one.last_at),
        }
        for one in found
    ]


def trunks(
    trunks: Trunks, carriers: CarrierRegistrations, probe: TrunkProbe, exchange: Exchange
) -> list[dict[str, Any]]:
    """Every trunk, in the file's order. `state` is static, resolving, registering, registered or failed."""
    shown = []
    for trunk in trunks.all:
        registration, failure = carriers.of(trunk.key), trunks.last_failure(trunk.key)
        addresses, rtt = trunks.addresses(trunk.key), probe.rtt(trunk.key)
        state = "static" if addresses else "resolving"
        if registration is not None:
            state = registration.state.value
        shown.append(
            {
                "name": trunk.key,
                "server": ", ".join(map(str, trunk.all_servers)),
                "addresses": list(addresses),
                "state": state,
                "user": trunk.user,
                "registered_until": registration.expires_at if registration else None,
                "answers": probe.answers(trunk.key),
                "silent": list(probe.silent(trunk.key)),
                "rtt_ms": None if rtt is None else round(rtt * 1000, 1),
                "calls": exchange.trunk_calls(trunk.key),
                "max_calls": trunk.max_calls,
                "last_error": failure.text if failure else None,
                "last_error_at": failure.at if failure else None,
            }
        )
    return shown


def told(events: Iterable[CallEvent]) -> list[dict[str, Any]]:
    """Events as sentences."""
    return [{"at": event.at, "text": sentence(event)} for event in events]


def captured(message: Message, dialogs: dict[str, str]) -> dict[str, Any]:
    """A SIP message of a ladder, with the extension whose leg it belongs to."""
    return {
        "at": message.at,
        "sent": message.sent,
        "peer": message.peer,
        "transport": message.transport,
        "title": message.title,
        "text": message.text,
        "number": dialogs.get(message.call_id, ""),
    }
