"""The switch, put together: what `softswitch run` starts, and SIGTERM ends."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from media.errors import AudioFileError
from media.phrases import TextsError
from softswitch.api.control import ControlServer, Refused
from softswitch.api.live import Live
from softswitch.app import garbage, logs
from softswitch.app.commands import Commands
from softswitch.app.directory import Directory
from softswitch.app.faxes import FaxParts
from softswitch.app.hold_music import HoldMusic
from softswitch.app.keeper_messages import Begin, Prices, RecordingRules
from softswitch.app.kept_states import KeptStates
from softswitch.app.lamps import Lamps
from softswitch.app.metrics_page import MetricsPage
from softswitch.app.pricing import prices_of
from softswitch.app.probation import Probation
from softswitch.app.prompts import SpokenPrompts, prompt_cache
from softswitch.app.record_keeper import RecordKeeper
from softswitch.app.recordings import RecordingParts
from softswitch.app.spending import SpendingParts, lists_for_limits
from softswitch.app.tested_dialplan import read_tested
from softswitch.app.tones import write_tones
from softswitch.app.translate import algorithms, engine_settings, registrar_settings
from softswitch.app.voicemail import VoicemailParts
from softswitch.calls import emergency
from softswitch.calls.exchange import Exchange
from softswitch.calls.watchdog import Watchdog
from softswitch.config import Dialplan, compare
from softswitch.records.events import CallEvent
from softswitch.records.journal import Journal
from softswitch.records.recent import RecentCalls
from softswitch.records.sentences import log_event
from softswitch.records.tariffs import PriceLists
from softswitch.routing import Router
from softswitch.sip.authenticator import Authenticator
from softswitch.sip.carrier_registration import RegistrationState
from softswitch.sip.carrier_registrations import CarrierRegistrations
from softswitch.sip.connections import Connections
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.location import Bindings, Location
from softswitch.sip.location_store import LocationStore
from softswitch.sip.nonces import Nonces
from softswitch.sip.qualify import Qualifier
from softswitch.sip.reception import Reception
from softswitch.sip.registrar import Registrar
from softswitch.sip.subscriptions import Subscriptions
from softswitch.sip.trunk_probe import TrunkProbe
from softswitch.sip.trunks import Trunks

if TYPE_CHECKING:
    from softswitch.app.metrics import Metrics

log = structlog.get_logger("softswitch")
_LAST_WORDS = 4.0
"""Seconds for phones to answer our BYEs at the end."""


class Switch:
    """One running switch. Build it on the loop that it lives on."""

    def __init__(self, dialplan: Dialplan, path: Path) -> None:
        self.dialplan = dialplan
        self.path = path
        self.started_at = time.time()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._reloading = asyncio.Lock()
        self.probation = Probation(self._go_back)
        state = dialplan.state_directory
        state.mkdir(parents=True, exist_ok=True)
        self._directory = Directory(dialplan)
        self.recent = RecentCalls()
        self._call_log = _call_log()
        self._live = Live()
        loop = asyncio.get_running_loop()
        self._journal = Journal(state / "journal", loop.call_soon)
        database = dialplan.records.database
        self.keeper = RecordKeeper(
            Begin(state, database.get_secret_value() if database else None), loop.call_soon_threadsafe
        )
        prices, lists = _priced(dialplan)
        self._spending = SpendingParts(
            dialplan.timezone,
            lists,
            lambda number: self.exchange.router.outside.limits.warnings(
                number, self.exchange.state_for(None)
            ),
        )
        self.keeper.on_spent = self._spending.recorded
        self.keeper.on_spent_anew = self._spending.forget_recorded
        self.keeper.tell(prices)
        self.keeper.tell(RecordingRules.of(dialplan.recording))
        self._store = LocationStore(state / "location.db")
        self.location = Location(self._bindings_changed)
        self._nonces = Nonces(dialplan.registration.nonce_lifetime)
        self._authenticator = Authenticator(
            dialplan.realm, algorithms(dialplan), self._directory.find, self._nonces
        )
        self.turned_away = self._authenticator.turned_away
        self._registrar = Registrar(registrar_settings(dialplan), self._authenticator, self.location)
        self.trunks = Trunks(dialplan.lines_out)
        self.reception = Reception(
            self._authenticator,
            self._registrar,
            self.location,
            lambda leg, request, source: self.exchange.take(leg, request, source),
            lambda number: self._directory.srtp(number),
            self.trunks,
        )
        self.engine = Engine(engine_settings(dialplan), self.reception)
        self.carriers = CarrierRegistrations(self.engine, self.trunks)
        self.trunk_probe = TrunkProbe(self.engine, self.trunks)
        self._music = HoldMusic(state / "music", self.engine.settings.clock_rate)
        self._prompts = SpokenPrompts(prompt_cache(state), self.engine.settings.clock_rate)
        self._prompts.on_prepared = self.engine.give_back_memory
        self.exchange = Exchange(
            self.engine,
            self.location,
            Router(dialplan),
            self._publish,
            trunks=self.trunks,
            codecs=dialplan.codecs,
        )
        self.exchange.trunk_answers = self._trunk_answers
        loop = asyncio.get_running_loop()
        self.subscriptions = Subscriptions(self._authenticator, self.engine, loop.call_soon)
        self._kept = KeptStates(state, self.exchange, self.subscriptions)
        self._lamps = Lamps(self.subscriptions, self.exchange)
        self._voicemail = VoicemailParts(
            state, lambda: self.dialplan, self.exchange, self.engine, self.location, self.subscriptions
        )
        self.faxes = FaxParts(state / "faxes", lambda: self.dialplan, self.exchange, self._voicemail.mailer)
        rate = self.engine.settings.clock_rate
        self._recordings = RecordingParts(state / "recordings", dialplan, self.exchange, rate)
        self.keeper.on_full = self._recordings.disk_is_full
        self.reception.subscriptions = self.subscriptions
        admission = self.reception.admission
        admission.full = lambda: self.engine.full or self.exchange.call_count >= self.dialplan.calls.max_calls
        admission.is_emergency = lambda number: self.exchange.router.outside.is_emergency(number)
        admission.make_place = lambda: emergency.make_place(self.exchange)
        self.engine.tell_lateness(admission.late)
        self._connections = Connections(
            self.location, self.engine.hold_connection, self.engine.release_connection
        )
        self.reception.connections = self._connections
        self._control = ControlServer(
            state / "control.sock",
            Commands(self).table,
            {"events": self._live.stream},
        )
        self._metrics = self._make_metrics()
        address = dialplan.metrics.listen
        self._metrics_page = MetricsPage(address, self._metrics.page) if address and self._metrics else None

    def _make_metrics(self) -> "Metrics | None":
        if self.dialplan.metrics.listen is None:
            return None
        from softswitch.app.metrics import Metrics  # its library costs memory

        return Metrics(self)

    # ---- life ----

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises EngineFailure or Refused when it cannot start."""
        await self._control.start()
        try:
            self.location.restore(self._store.load())
            self._store.start()
            self._journal.start()
            self.exchange.spent = self._spending.of
            self.keeper.start()
            for number in set(self.location.aors()) - set(self.dialplan.extensions):
                self.location.remove(number)  # left the dialplan while the switch was down
            await self._voicemail.load()
            await self.faxes.load()
            await self._recordings.load()
            music = await asyncio.to_thread(self._music.prepare, self.dialplan)
            texts = await asyncio.to_thread(self._prompts.read, self.dialplan)
            if self._metrics_page is not None:
                await self._metrics_page.start()
            self.engine.start()
            self.carriers.start()
            self._kept.restore()
            self.exchange.tones = write_tones(self.dialplan.state_directory, self.engine.settings.clock_rate)
            self._play(music)
            self._prompts.take(texts, self.dialplan)
            self.exchange.prompts = self._prompts
            self.exchange.recordings = self.dialplan.state_directory / "recordings"
            self.exchange.names = self.dialplan.state_directory / "names"
            shutil.rmtree(self.exchange.names, ignore_errors=True)  # of a switch that was killed
        except (AudioFileError, TextsError) as error:
            await self._abandon()
            raise Refused(f"{error.path}: {error.problem}", error.remedy) from error
        except BaseException:
            await self._abandon()
            raise
        self._watch_signals()
        self._start_tasks()
        log.info(
            "ready",
            domain=self.dialplan.domain,
            listeners=[str(listener) for listener in self.dialplan.listen],
            extensions=len(self.dialplan.extensions),
            bindings=len(self.location),
            pid=os.getpid(),
        )
        await self._stopping.wait()
        await self._stop()

    async def _abandon(self) -> None:
        """The start has failed: take back what it has done."""
        await self._control.stop()
        if self._metrics_page is not None:
            self._metrics_page.stop()
        await self._prompts.close()
        self.engine.stop()
        self._store.close()
        self._journal.close()
        self.keeper.close()
        self._kept.close()

    def _start_tasks(self) -> None:
        watchdog = Watchdog(lambda: self.exchange.calls, lambda: self.dialplan.rtp.timeout)
        qualifier = Qualifier(self.engine, self.location, lambda: self.dialplan.registration.qualify)
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(_keep_running(watchdog.run)),
            loop.create_task(_keep_running(qualifier.run)),
            loop.create_task(_keep_running(self.trunks.run)),
            loop.create_task(_keep_running(self.trunk_probe.run)),
            loop.create_task(_keep_running(self._every_second)),
            loop.create_task(_keep_running(self._lamps.run)),
            loop.create_task(_keep_running(self._voicemail.mailer.run)),
            loop.create_task(_keep_running(self.faxes.run)),
            loop.create_task(_keep_running(self._spending.run)),
            loop.create_task(garbage.collect(lambda: not self.exchange.call_count, self._reloading.locked)),
        ]

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(self._reload_by_signal()))

    async def _every_second(self) -> None:
        """What is over goes."""
        while True:
            await asyncio.sleep(1)
            self.location.expire()
            self.exchange.completion.keep()
            self.exchange.queues.callback_book.keep()
            self.subscriptions.expire()
            self.subscriptions.keep()
            self._music.tidy(self._call_ids())

    async def _stop(self) -> None:
        log.info("stopping", calls=len(self.exchange.calls), drain=self.dialplan.calls.drain)
        self.reception.admission.draining = True
        await self.exchange.stop(self.dialplan.calls.drain)
        self.subscriptions.close()
        self.subscriptions.keep()
        await self.carriers.stop()
        for task in self._tasks:
            task.cancel()
        if not await self.engine.settled(_LAST_WORDS):
            log.warning("phones did not answer BYE", dialogs=self.engine.lingering)
        await self._voicemail.close()
        await self.faxes.close()
        await self._recordings.close()
        await self._prompts.close()
        self._music.close()
        await self._control.stop()
        if self._metrics_page is not None:
            self._metrics_page.stop()
        self.engine.stop()
        if not self._store.close():
            log.warning("registrations not written", remedy="phones ring again after they register anew")
        if not self._journal.close():
            log.error("what happened in the last calls is not written", remedy="make room on the disk")
        if not self.keeper.close():
            log.warning("call records wait in the journal", remedy="the next start writes them")
        self._kept.close()
        log.info("stopped")

    def records(self) -> dict[str, Any]:
        """How the call records fare."""
        state = self.keeper.state
        return {
            "database": state.database,
            "problem": state.failing,
            "recorded": state.recorded,
            "waiting": state.waiting,
            "behind_bytes": state.behind_bytes,
            "journal_waits": self._journal.failing,
            "events_lost": self._journal.lost,
        }

    # ---- what the parts tell ----

    def _trunk_answers(self, key: str) -> bool:
        registration = self.carriers.of(key)
        known = registration is None or registration.state is not RegistrationState.FAILED
        return known and self.trunk_probe.answers(key) is not False

    def _publish(self, event: CallEvent) -> None:
        self._journal.take(event)
        self.recent.take(event)
        self._live.publish(event)
        self._spending.take(event)
        self._lamps.take(event)
        if self._metrics is not None:
            self._metrics.take(event)
        log_event(event, self._call_log)

    def _bindings_changed(self, aor: str, before: Bindings, after: Bindings) -> None:
        self._store.save(aor, after)
        self._connections.changed(before, after)
        self.exchange.camps.look_soon()
        self._voicemail.registered(aor, before, after)
        self.exchange.queues.look_soon()

    # ---- the dialplan ----

    def _play(self, music: Mapping[str, Path]) -> None:
        self._music.change(music, self._call_ids())
        self.exchange.music = self._music.current
        self.exchange.classes = self._music.classes

    def _call_ids(self) -> set[str]:
        return {call.id for call in self.exchange.calls}

    async def _reload_by_signal(self) -> None:
        try:
            await self.take_dialplan()
        except Refused as refused:
            log.error("dialplan refused, the old one stays", **refused.answer)
        except Exception:
            log.exception("reload failed, the old dialplan stays")

    async def take_dialplan(self, confirm_within: float | None = None) -> tuple[str, ...]:
        """Read the file again; all of it holds from the next call on, or nothing changes. Raises Refused.

        With `confirm_within` seconds, the one before comes back unless `probation` is confirmed by then.
        """
        async with self._reloading:
            if self.probation.is_on:
                raise Refused("the last reload waits to be confirmed", "`softswitch confirm`, or wait")
            before = self.dialplan
            new = await asyncio.to_thread(read_tested, self.path)
            sentences = await self._take(new)
            if confirm_within is not None:
                self.probation.begin(before, confirm_within)
            return sentences

    async def _go_back(self, before: Dialplan) -> None:
        async with self._reloading:
            await self._take(before)

    async def _take(self, new: Dialplan) -> tuple[str, ...]:
        """What takes time is done by a thread, what changes the switch in one go on the loop."""
        changes = await asyncio.to_thread(compare, self.dialplan, new)
        if changes.refusal:
            raise Refused(changes.refusal, "restart the switch to take these settings")
        try:
            directory, router, music, texts, (prices, lists) = await asyncio.to_thread(
                lambda: (
                    Directory(new),
                    Router(new),
                    self._music.prepare(new),
                    self._prompts.read(new),
                    _priced(new),
                )
            )
            self._play(music)
        except (AudioFileError, TextsError) as error:
            raise Refused(f"{error.path}: {error.problem}", error.remedy) from error
        except (SipError, OSError) as error:
            raise Refused(f"music cannot be played: {error}", "use another file") from error
        self._prompts.take(texts, new)
        self.keeper.tell(prices)
        self.keeper.tell(RecordingRules.of(new.recording))
        self._spending.apply(new.timezone, lists)
        self._apply(new, directory, router)
        for extension in changes.removed:
            self.location.remove(extension.number)
            self.subscriptions.forget(extension.number)
        self.subscriptions.look_again()
        for sentence in changes.sentences:
            log.info("dialplan changed", change=sentence)
        log.info("dialplan taken", changes=len(changes.sentences))
        return changes.sentences

    def _apply(self, new: Dialplan, directory: Directory, router: Router) -> None:
        """Hand every part what it keeps; what asks `self.dialplan` each time needs no more than that."""
        self._directory = directory
        self._authenticator.find = directory.find
        self._authenticator.realm = new.realm
        self._authenticator.algorithms = algorithms(new)
        self._nonces.change_lifetime(new.registration.nonce_lifetime)
        self._registrar.settings = registrar_settings(new)
        self.exchange.router = router
        self.trunks.take(new.lines_out)
        self.engine.change_local_networks(new.local_networks)
        logs.change_level(new.log)
        self._call_log = _call_log()
        self._voicemail.take(new)
        self._recordings.take(new)
        self.dialplan = new


def _priced(dialplan: Dialplan) -> tuple[Prices, PriceLists | None]:
    """For the keeper, and for what running calls cost."""
    prices = prices_of(dialplan)
    return prices, lists_for_limits(dialplan, prices)


def _call_log() -> structlog.typing.FilteringBoundLogger:
    """The calls' logger, bound once: looking it up anew would cost each line more than writing it."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("softswitch.calls").bind()
    return logger


async def _keep_running(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Until cancelled: what fails once is logged and begins anew, a second later."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("work beside the calls failed and begins anew", work=work.__qualname__)
        await asyncio.sleep(1)
