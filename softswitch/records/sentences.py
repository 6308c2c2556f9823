"""Call events in words: for ladders, and for the log."""

from collections.abc import Callable
from typing import Any, Final

import structlog

from softswitch.records.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentMissed,
    AgentPaused,
    AgentResumed,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallForwarded,
    CallHeld,
    CallParked,
    CallPickedUp,
    CallResumed,
    CallRetrieved,
    CallsJoined,
    CallsMerged,
    CallStarted,
    CampCancelled,
    CampedOn,
    CamperReached,
    ConferenceInvited,
    ConferenceJoined,
    ConferenceLeft,
    DeviceCalled,
    DeviceEnded,
    DeviceRinging,
    DigitPressed,
    DoorOpened,
    EmergencyCall,
    FaxReceived,
    FaxSent,
    HeldTooLong,
    LegClosed,
    LineTaken,
    ParkedTooLong,
    PlaceEntered,
    QueueEntered,
    QueueLeft,
    RecordingEnded,
    RecordingStarted,
    Routed,
    SettingChanged,
    StepEntered,
    SupervisionChanged,
    SupervisionEnded,
    TransferEnded,
    TransferStarted,
    VoicemailOpened,
    VoicemailRecorded,
    VoicemailRefused,
)


def _routed(event: Routed) -> str:
    steps = (text + (f" (line {line})" if line else "") for text, line in event.reasons)
    return f"{event.decision}: {'; '.join(steps)}"


def _leg_closed(event: LegClosed) -> str:
    secured = " encrypted" if event.secured else ""
    return (
        f"{event.number}: {event.codec}{secured}, {event.received} packets in, {event.lost} lost, "
        f"jitter {event.jitter_ms:.1f} ms"
    )


def _fax(event: FaxReceived | FaxSent) -> str:
    is_sent = isinstance(event, FaxSent)
    pages = f"{event.pages} page{'' if event.pages == 1 else 's'}"
    told = f"{pages} went out as {event.place}" if is_sent else f"{pages} came to the fax {event.place}"
    if event.station:
        told += f" {'to' if is_sent else 'from'} {event.station}"
    if event.speed:
        told += f" at {event.speed} bit/s{' with' if event.corrected else ', without'} error correction"
    return f"{told}: {event.outcome}" if event.outcome else told


_SENTENCES: Final[dict[type, Callable[[Any], str]]] = {
    CallStarted: lambda event: (
        f"{event.caller} ({event.caller_name}) calls {event.called} from {event.source}"
    ),
    Routed: _routed,
    DeviceCalled: lambda event: f"{event.number} is called at {event.device}",
    DeviceRinging: lambda event: f"{event.number} reports {event.status}",
    DeviceEnded: lambda event: f"{event.number} ended with {event.status} {event.reason}",
    CallAnswered: lambda event: f"{event.number} ({event.name}) answered",
    CallForwarded: lambda event: f"{event.by} forwards it to {event.to} ({event.why})",
    PlaceEntered: lambda event: f"the call comes to the {event.kind} {event.key}",
    QueueEntered: lambda event: f"the caller waits in {event.queue} at place {event.position}",
    QueueLeft: lambda event: (
        f"the caller leaves {event.queue}, place {event.position}, after {event.waited:.0f} s: {event.reason}"
    ),
    AgentMissed: lambda event: f"{event.agent} has not answered for {event.queue}",
    AgentPaused: lambda event: f"{event.agent} pauses: {event.reason or 'no reason given'}",
    AgentResumed: lambda event: f"{event.agent} takes calls of queues again",
    AgentLoggedIn: lambda event: f"{event.agent} is logged into {event.queue}",
    AgentLoggedOut: lambda event: f"{event.agent} is logged out of {event.queue}",
    StepEntered: lambda event: f"the call comes to {event.step} of {event.place}",
    EmergencyCall: lambda event: f"{event.by} ({event.name}) calls the emergency number {event.number}",
    LineTaken: lambda event: f"the emergency call {event.by_call} takes its line of {event.trunk}",
    SettingChanged: lambda event: f"{event.by} has set {event.setting} {event.value}".rstrip(),
    CampedOn: lambda event: f"{event.by} waits until {event.on} is free",
    CampCancelled: lambda event: f"{event.by} waits no longer for {event.on}",
    CamperReached: lambda event: f"{event.by} has waited for {event.on}, who is free now",
    CallHeld: lambda event: f"{event.by} put the other side on hold",
    CallResumed: lambda event: f"{event.by} came back from hold",
    DigitPressed: lambda event: f"{event.by} pressed a key",
    TransferStarted: lambda event: f"{event.by} sends the other side to {event.to} ({event.kind} transfer)",
    TransferEnded: lambda event: f"{event.by}'s transfer to {event.to} ended with {event.status}",
    CallsMerged: lambda event: f"{event.party} came in from call {event.other}",
    CallPickedUp: lambda event: f"{event.by} picked it up",
    CallParked: lambda event: f"{event.by} parked the caller on {event.orbit}",
    DoorOpened: lambda event: f"{event.by} opened the door at {event.door}",
    CallRetrieved: lambda event: f"{event.by} took the caller from {event.orbit}",
    ParkedTooLong: lambda event: f"nobody came to {event.orbit}: {event.parker} is rung",
    SupervisionChanged: lambda event: f"{event.by} is with {event.number}: {event.mode}",
    SupervisionEnded: lambda event: f"{event.by} is with {event.number} no more",
    CallsJoined: lambda event: f"{event.by} joined all three",
    ConferenceJoined: lambda event: f"{event.by} came into conference {event.room}",
    ConferenceLeft: lambda event: f"{event.by} left conference {event.room}",
    ConferenceInvited: lambda event: f"{event.by} invites {event.number} into conference {event.room}",
    VoicemailRecorded: lambda event: f"{event.seconds:.1f} s were spoken into the voicemail box {event.box}",
    VoicemailOpened: lambda event: f"{event.by} opened the voicemail box {event.box}",
    VoicemailRefused: lambda event: f"{event.by} gave a wrong pin for the voicemail box {event.box}",
    FaxReceived: _fax,
    FaxSent: _fax,
    HeldTooLong: lambda event: f"{event.by} has the other side on hold for long, and is rung",
    LegClosed: _leg_closed,
    RecordingStarted: lambda event: (
        f"the call is recorded{f' for {event.by}' if event.by else ''}: {event.file}"
    ),
    RecordingEnded: lambda event: f"{event.file} is complete: {event.seconds:.0f} s",
    CallEnded: lambda event: f"{event.words} ({event.status}, {event.outcome})",
}


def sentence(event: CallEvent) -> str:
    """One event as a sentence."""
    return _SENTENCES[type(event)](event)


_AS_THEY_ARE: Final[dict[type, str]] = {
    SupervisionChanged: "supervised",
    CallParked: "parked",
    DoorOpened: "door opened",
    ConferenceJoined: "conference joined",
    ConferenceLeft: "conference left",
    QueueEntered: "queued",
    QueueLeft: "left queue",
    AgentMissed: "agent missed call",
    AgentPaused: "agent paused",
    AgentResumed: "agent resumed",
    AgentLoggedIn: "agent logged in",
    AgentLoggedOut: "agent logged out",
}
"""Logged in these words, with all that the event says."""


Logger = structlog.typing.FilteringBoundLogger


def _call(event: CallStarted, log: Logger) -> None:
    log.info("call", call=event.call, caller=event.caller, called=event.called, source=event.source)


def _answered(event: CallAnswered, log: Logger) -> None:
    log.info("answered", call=event.call, number=event.number)


def _emergency(event: EmergencyCall | LineTaken, log: Logger) -> None:
    what = "emergency call" if isinstance(event, EmergencyCall) else "line taken"
    log.warning(what, call=event.call, what=sentence(event))


def _transfer(event: TransferStarted, log: Logger) -> None:
    log.info("transfer", call=event.call, by=event.by, to=event.to, kind=event.kind)


def _fax_is_over(event: FaxReceived | FaxSent, log: Logger) -> None:
    log.info("fax", call=event.call, what=sentence(event))


def _picked_up(event: CallPickedUp, log: Logger) -> None:
    log.info("picked up", call=event.call, by=event.by)


def _ended(event: CallEnded, log: Logger) -> None:
    log.info(
        "call ended",
        call=event.call,
        outcome=event.outcome,
        blame=event.blame,
        status=event.status,
        ended_by=event.ended_by,
    )


def _as_it_is(event: CallEvent, log: Logger) -> None:
    fields = event._asdict()
    del fields["at"]
    log.info(_AS_THEY_ARE[type(event)], **fields)


_LOGGED: Final[dict[type, Callable[[Any, Logger], None]]] = {
    CallStarted: _call,
    CallAnswered: _answered,
    EmergencyCall: _emergency,
    LineTaken: _emergency,
    TransferStarted: _transfer,
    FaxReceived: _fax_is_over,
    FaxSent: _fax_is_over,
    CallPickedUp: _picked_up,
    CallEnded: _ended,
    **dict.fromkeys(_AS_THEY_ARE, _as_it_is),
}


def log_event(event: CallEvent, log: Logger) -> None:
    """One line for what an operator wants to see go by; the rest is in `softswitch trace`."""
    write = _LOGGED.get(type(event))
    if write is not None:
        write(event, log)
