"""The switch's figures for Prometheus: counted from the calls' events, or looked up when fetched."""

from collections import Counter as Counts
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector

from softswitch.app.queues import STATES, queues
from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallStarted,
    DeviceRinging,
    LegClosed,
    QueueEntered,
    QueueLeft,
    RecordingStarted,
    TransferEnded,
)
from softswitch.records.quality import mos

if TYPE_CHECKING:
    from softswitch.app.switch import Switch

_SETUP = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_ANSWER = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0)
_TALK = (10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0)
_WAIT = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_MOS = (2.6, 3.1, 3.6, 4.0, 4.3)  # G.109's classes: poor, low, medium, high, best
_LOSS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1)
_JITTER = (0.005, 0.01, 0.02, 0.05, 0.1)


class Metrics:
    """`take` each event; `page` is what Prometheus is given."""

    def __init__(self, switch: "Switch") -> None:
        self._registry = registry = CollectorRegistry()
        self._open: dict[str, CallStarted] = {}
        self._answered: dict[str, float] = {}
        self._rung: set[str] = set()
        self._ended = Counter(
            "softswitch_calls_ended",
            "Calls by how they ended and whose side that was.",
            ("outcome", "blame"),
            registry=registry,
        )
        self._started = Counter(
            "softswitch_calls_started",
            "Calls by the trunk they came in by; empty: an extension's.",
            ("trunk",),
            registry=registry,
        )
        self._setup = Histogram(
            "softswitch_setup_seconds",
            "From the INVITE to the first device that rings.",
            buckets=_SETUP,
            registry=registry,
        )
        self._answer = Histogram(
            "softswitch_answer_seconds", "From the INVITE to the answer.", buckets=_ANSWER, registry=registry
        )
        self._talk = Histogram(
            "softswitch_talk_seconds", "From the answer to the end.", buckets=_TALK, registry=registry
        )
        self._transfers = Counter("softswitch_transfers", "Transfers.", ("result",), registry=registry)
        self._recordings = Counter("softswitch_recordings", "Recordings begun.", registry=registry)
        self._mos = Histogram(
            "softswitch_leg_mos",
            "MOS of what we received (E-model).",
            ("trunk",),
            buckets=_MOS,
            registry=registry,
        )
        self._loss = Histogram(
            "softswitch_leg_loss_ratio",
            "Share of packets not heard.",
            ("trunk",),
            buckets=_LOSS,
            registry=registry,
        )
        self._jitter = Histogram(
            "softswitch_leg_jitter_seconds", "Jitter.", ("trunk",), buckets=_JITTER, registry=registry
        )
        self._queued = Counter(
            "softswitch_queue_entered", "Callers who came into line.", ("queue",), registry=registry
        )
        self._left = Counter(
            "softswitch_queue_left",
            "Callers who left it, by how.",
            ("queue", "reason"),
            registry=registry,
        )
        self._queue_wait = Histogram(
            "softswitch_queue_wait_seconds",
            "How long those waited who were answered.",
            ("queue",),
            buckets=_WAIT,
            registry=registry,
        )
        registry.register(_Now(switch))
        ProcessCollector(namespace="softswitch", registry=registry)
        self._handlers: dict[type, Callable[[Any], None]] = {
            CallStarted: self._call_started,
            DeviceRinging: self._rings,
            CallAnswered: self._call_answered,
            CallEnded: self._call_ended,
            LegClosed: self._leg_closed,
            QueueEntered: lambda event: self._queued.labels(event.queue).inc(),
            QueueLeft: self._queue_left,
            TransferEnded: lambda event: self._transfers.labels(
                "done" if event.status < 300 else "failed"
            ).inc(),
            RecordingStarted: lambda _: self._recordings.inc(),
        }

    def take(self, event: CallEvent) -> None:
        """One more event."""
        handle = self._handlers.get(type(event))
        if handle is not None:
            handle(event)

    def page(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return generate_latest(self._registry)

    def _call_started(self, event: CallStarted) -> None:
        self._open[event.call] = event
        self._started.labels(event.trunk).inc()

    def _rings(self, event: DeviceRinging) -> None:
        began = self._open.get(event.call)
        if began is not None and event.call not in self._rung:
            self._rung.add(event.call)
            self._setup.observe(max(0.0, event.at - began.at))

    def _call_answered(self, event: CallAnswered) -> None:
        began = self._open.get(event.call)
        if began is not None and event.call not in self._answered:
            self._answered[event.call] = event.at
            self._answer.observe(max(0.0, event.at - began.at))

    def _call_ended(self, event: CallEnded) -> None:
        self._open.pop(event.call, None)
        self._rung.discard(event.call)
        answered = self._answered.pop(event.call, None)
        if answered is not None:
            self._talk.observe(max(0.0, event.at - answered))
        self._ended.labels(event.outcome, event.blame).inc()

    def _queue_left(self, event: QueueLeft) -> None:
        self._left.labels(event.queue, event.reason).inc()
        if event.reason == "answered":
            self._queue_wait.labels(event.queue).observe(event.waited)

    def _leg_closed(self, event: LegClosed) -> None:
        expected = event.received + event.lost
        if expected <= 0:
            return
        unheard = min((event.lost + event.discarded) / expected, 1.0)
        self._loss.labels(event.trunk).observe(unheard)
        self._jitter.labels(event.trunk).observe(event.jitter_ms / 1000)
        self._mos.labels(event.trunk).observe(mos(event.codec, unheard, event.jitter_ms, event.round_trip_ms))


class _Now:
    """What is the case at the moment of the question."""

    def __init__(self, switch: "Switch") -> None:
        self._switch = switch

    def describe(self) -> list[Metric]:
        """Nothing: the names are known when they are asked for."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each figure anew."""
        switch = self._switch
        plain = {
            "calls": ("Calls that are up.", switch.exchange.call_count),
            "legs": ("SIP dialogs of calls.", switch.engine.leg_count),
            "extensions": ("Extensions in the dialplan.", len(switch.dialplan.extensions)),
            "extensions_registered": ("Extensions with a phone.", len(switch.location.everything())),
            "registrations": ("Phones that are registered.", len(switch.location)),
        }
        admission = switch.reception.admission
        plain |= {
            "calls_refused": ("New calls turned away since the start: 503.", admission.refused),
            "overloaded": ("1 while new calls are refused for want of time.", int(admission.overloaded)),
        }
        records = switch.records()
        plain |= {
            "records_behind_bytes": ("Of the journal, not read yet.", records["behind_bytes"]),
            "records_waiting": ("Ended calls that the database does not have yet.", records["waiting"]),
            "records_failing": ("1 while the database cannot be written.", int(bool(records["problem"]))),
            "journal_failing": ("1 while events wait in memory.", int(records["journal_waits"])),
            "journal_events_lost": ("Events lost to a full disk since the start.", records["events_lost"]),
        }
        for name, (words, value) in plain.items():
            yield GaugeMetricFamily(f"softswitch_{name}", words, value=value)
        yield from self._trunks()
        yield from self._queues()

    def _queues(self) -> Iterator[Metric]:
        exchange = self._switch.exchange
        waiting = GaugeMetricFamily("softswitch_queue_waiting", "Callers in line.", labels=("queue",))
        longest = GaugeMetricFamily(
            "softswitch_queue_longest_wait_seconds",
            "How long the one who waits longest has waited.",
            labels=("queue",),
        )
        agents = GaugeMetricFamily(
            "softswitch_queue_agents", "Agents by what they do.", labels=("queue", "state")
        )
        for one in queues(exchange, {})["queues"]:
            key = one["key"]
            waiting.add_metric((key,), len(one["waiting"]))
            longest.add_metric((key,), max((entry["waited"] for entry in one["waiting"]), default=0.0))
            states = Counts(agent["state"] for agent in one["agents"])
            for state in STATES:
                agents.add_metric((key, state), states[state])
        yield from (waiting, longest, agents)

    def _trunks(self) -> Iterator[Metric]:
        switch = self._switch
        calls = GaugeMetricFamily("softswitch_trunk_calls", "Lines taken.", labels=("trunk",))
        lines = GaugeMetricFamily("softswitch_trunk_lines", "Lines there are.", labels=("trunk",))
        up = GaugeMetricFamily(
            "softswitch_trunk_up",
            "1: registered where it must be, not silent, and its name resolved.",
            labels=("trunk",),
        )
        for trunk in switch.trunks.all:
            calls.add_metric((trunk.key,), switch.exchange.trunk_calls(trunk.key))
            lines.add_metric((trunk.key,), trunk.max_calls)
            registration = switch.carriers.of(trunk.key)
            stands = registration is None or registration.state.value == "registered"
            answers = switch.trunk_probe.answers(trunk.key)
            up.add_metric(
                (trunk.key,),
                int(stands and answers is not False and bool(switch.trunks.addresses(trunk.key))),
            )
        yield from (calls, lines, up)
