"""The switch, put together: what `softswitch run` starts, and SIGTERM ends."""

import asyncio
import contextlib
import importlib.metadata
import os
import resource
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import structlog
import uvloop

from media.wav import AudioFileError
from softswitch import garbage, logs
from softswitch.api import views
from softswitch.api.control import ControlServer, Refused
from softswitch.calls.exchange import Exchange
from softswitch.calls.watchdog import Watchdog
from softswitch.certificate import self_signed
from softswitch.config import Dialplan, DialplanError, compare, load
from softswitch.directory import Directory
from softswitch.hold_music import HoldMusic
from softswitch.records.events import CallEvent
from softswitch.records.recent import RecentCalls
from softswitch.records.sentences import log_event
from softswitch.routing import Router
from softswitch.sip.authenticator import Authenticator
from softswitch.sip.connections import Connections
from softswitch.sip.digest import Algorithm
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.location import Bindings, Location
from softswitch.sip.location_store import LocationStore
from softswitch.sip.nonces import Nonces
from softswitch.sip.qualify import Qualifier
from softswitch.sip.reception import Reception
from softswitch.sip.registrar import Registrar
from softswitch.sip.registration import RegistrarSettings
from softswitch.sip.settings import EngineSettings, ListenerSettings

log = structlog.get_logger("softswitch")

_CLOCK_RATES = {"narrowband": 8000, "wideband": 16000}
_LAST_WORDS = 4.0
"""Seconds for phones to answer our BYEs at the end."""


class Switch:
    """One running switch. Build it on the loop that it lives on."""

    def __init__(self, dialplan: Dialplan, path: Path) -> None:
        self.dialplan = dialplan
        self._path = path
        self._started_at = time.time()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._reloading = asyncio.Lock()
        state = dialplan.state_directory
        state.mkdir(parents=True, exist_ok=True)
        self._directory = Directory(dialplan)
        self._recent = RecentCalls()
        self._call_log = _call_log()
        self._store = LocationStore(state / "location.db")
        self._location = Location(self._bindings_changed)
        self._nonces = Nonces(dialplan.registration.nonce_lifetime)
        self._authenticator = Authenticator(
            dialplan.realm, _algorithms(dialplan), self._directory.find, self._nonces
        )
        self._registrar = Registrar(_registrar_settings(dialplan), self._authenticator, self._location)
        self._reception = Reception(
            self._authenticator,
            self._registrar,
            self._location,
            lambda leg, request, source: self._exchange.take(leg, request, source),
            lambda number: self._directory.srtp(number),
        )
        self._engine = Engine(_engine_settings(dialplan), self._reception)
        self._music = HoldMusic(state, self._engine.settings.clock_rate)
        self._exchange = Exchange(
            self._engine, self._location, Router(dialplan), self._publish, codecs=dialplan.codecs
        )
        self._reception.full = lambda: (
            self._engine.full or self._exchange.call_count >= self.dialplan.calls.max_calls
        )
        self._connections = Connections(
            self._location, self._engine.hold_connection, self._engine.release_connection
        )
        self._reception.connections = self._connections
        self._control = ControlServer(
            state / "control.sock",
            {
                "status": self._status,
                "calls": self._calls,
                "registrations": self._registrations,
                "hangup": self._hangup,
                "reload": self._reload,
                "trace": self._trace,
            },
        )

    # ---- life ----

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises EngineFailure or Refused when it cannot start."""
        await self._control.start()
        try:
            self._location.restore(self._store.load())
            self._store.start()
            for number in set(self._location.aors()) - set(self.dialplan.extensions):
                self._location.remove(number)  # left the dialplan while the switch was down
            self._engine.start()
            self._play(self._music.prepare(self.dialplan))
        except AudioFileError as error:
            await self._abandon()
            raise Refused(f"music_on_hold: {error.path}: {error.problem}", error.remedy) from error
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
            bindings=len(self._location),
            pid=os.getpid(),
        )
        await self._stopping.wait()
        await self._stop()

    async def _abandon(self) -> None:
        """The start has failed: take back what it has done."""
        await self._control.stop()
        self._engine.stop()
        self._store.close()

    def _start_tasks(self) -> None:
        watchdog = Watchdog(lambda: self._exchange.calls, lambda: self.dialplan.rtp.timeout)
        qualifier = Qualifier(self._engine, self._location, lambda: self.dialplan.registration.qualify)
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(_keep_running(watchdog.run)),
            loop.create_task(_keep_running(qualifier.run)),
            loop.create_task(_keep_running(self._every_second)),
            loop.create_task(garbage.collect(lambda: not self._exchange.call_count)),
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
            self._location.expire()
            self._music.tidy(self._call_ids())

    async def _stop(self) -> None:
        log.info("stopping", calls=len(self._exchange.calls), drain=self.dialplan.calls.drain)
        self._reception.draining = True
        await self._exchange.stop(self.dialplan.calls.drain)
        for task in self._tasks:
            task.cancel()
        if not await self._engine.settled(_LAST_WORDS):
            log.warning("phones did not answer BYE", dialogs=self._engine.lingering)
        self._music.close()
        await self._control.stop()
        self._engine.stop()
        if not self._store.close():
            log.warning("registrations not written", remedy="phones ring again after they register anew")
        log.info("stopped")

    # ---- what the parts tell ----

    def _publish(self, event: CallEvent) -> None:
        self._recent.take(event)
        log_event(event, self._call_log)

    def _bindings_changed(self, aor: str, before: Bindings, after: Bindings) -> None:
        self._store.save(aor, after)
        self._connections.changed(before, after)

    # ---- the dialplan ----

    def _play(self, source: tuple[Path | None, int] | None) -> None:
        if source is not None:
            self._music.change(source, self._call_ids())
            self._exchange.music = self._music.current

    def _call_ids(self) -> set[str]:
        return {call.id for call in self._exchange.calls}

    async def _reload_by_signal(self) -> None:
        try:
            await self._take_dialplan()
        except Refused as refused:
            log.error("dialplan refused, the old one stays", **refused.answer)
        except Exception:
            log.exception("reload failed, the old dialplan stays")

    async def _take_dialplan(self) -> tuple[str, ...]:
        """Read the file again; all of it holds from the next call on, or nothing changes. Raises Refused.

        What takes time is done by a thread, what changes the switch in one go on the loop.
        """
        async with self._reloading:
            try:
                new = await asyncio.to_thread(load, self._path)
                changes = compare(self.dialplan, new)
                if changes.refusal:
                    raise Refused(changes.refusal, "restart the switch to take these settings")
                directory, music = await asyncio.to_thread(lambda: (Directory(new), self._music.prepare(new)))
                self._play(music)
            except DialplanError as error:
                raise Refused(
                    f"{self._path} has errors; the running dialplan stays",
                    "mend them, and see `softswitch check`",
                    problems=[str(problem) for problem in error.problems],
                ) from error
            except AudioFileError as error:
                raise Refused(f"music_on_hold: {error.path}: {error.problem}", error.remedy) from error
            except (SipError, OSError) as error:
                raise Refused(f"music_on_hold cannot be played: {error}", "use another file") from error
            self._apply(new, directory)
            for extension in changes.removed:
                self._location.remove(extension.number)
            for sentence in changes.sentences:
                log.info("dialplan changed", change=sentence)
            log.info("dialplan taken", changes=len(changes.sentences))
            return changes.sentences

    def _apply(self, new: Dialplan, directory: Directory) -> None:
        """Hand every part what it keeps; what asks `self.dialplan` each time needs no more than that."""
        self._directory = directory
        self._authenticator.find = directory.find
        self._authenticator.realm = new.realm
        self._authenticator.algorithms = _algorithms(new)
        self._nonces.change_lifetime(new.registration.nonce_lifetime)
        self._registrar.settings = _registrar_settings(new)
        self._exchange.router = Router(new)
        self._engine.change_local_networks(new.local_networks)
        logs.change_level(new.log)
        self._call_log = _call_log()
        self.dialplan = new

    # ---- commands ----

    async def _status(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "version": _version(),
            "pid": os.getpid(),
            "started_at": self._started_at,
            "uptime": time.time() - self._started_at,
            "domain": self.dialplan.domain,
            "dialplan": str(self._path),
            "listeners": [str(listener) for listener in self.dialplan.listen],
            "calls": len(self._exchange.calls),
            "max_calls": self.dialplan.calls.max_calls,
            "legs": self._engine.leg_count,
            "lingering_dialogs": self._engine.lingering,
            "extensions": len(self.dialplan.extensions),
            "extensions_registered": len(self._location.everything()),
            "bindings": len(self._location),
            "draining": self._reception.draining,
            "rss_bytes": _resident_bytes(),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
        }

    async def _calls(self, arguments: dict[str, Any]) -> dict[str, Any]:
        recent = arguments.get("recent", 0)
        if not isinstance(recent, int) or recent < 0:
            raise Refused("recent is not a number of calls", "give a whole number, 0 or more")
        live = [views.live_call(call) for call in self._exchange.calls]
        return {"calls": live + [views.ended_call(story) for story in self._recent.ended(recent)]}

    async def _registrations(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"registrations": views.registrations(self._location, self.dialplan, time.time())}

    async def _hangup(self, arguments: dict[str, Any]) -> dict[str, Any]:
        story = self._story(arguments)
        try:
            self._exchange.hangup(story.id)
        except KeyError:
            raise Refused(
                f"call {story.id} is over already", "`softswitch calls` lists the live ones"
            ) from None
        return {"ended": story.id}

    async def _reload(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"changes": list(await self._take_dialplan())}

    async def _trace(self, arguments: dict[str, Any]) -> dict[str, Any]:
        story = self._story(arguments)
        live = next((call for call in self._exchange.calls if call.id == story.id), None)
        messages = self._engine.ladder(tuple(story.dialogs))
        return {
            "call": views.live_call(live) if live else views.ended_call(story),
            "events": views.told(story.events),
            "messages": [views.captured(message, story.dialogs) for message in messages],
        }

    def _story(self, arguments: dict[str, Any]) -> Any:
        try:
            return self._recent.find(str(arguments.get("call", "")))
        except KeyError as error:
            raise Refused(str(error.args[0]), "`softswitch calls --recent 20` lists calls by id") from None


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


def _unhandled(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody caught belongs into the log, not on stderr."""
    log.error("unhandled error", problem=context.get("message"), exc_info=context.get("exception"))


def _algorithms(dialplan: Dialplan) -> tuple[Algorithm, ...]:
    known = (Algorithm.of(name) for name in dialplan.registration.algorithms)
    return tuple(algorithm for algorithm in known if algorithm is not None)


def _registrar_settings(dialplan: Dialplan) -> RegistrarSettings:
    settings = dialplan.registration
    return RegistrarSettings(
        dialplan.domain.lower(),
        min_expires=int(settings.min_expires),
        max_expires=int(settings.max_expires),
        default_expires=int(settings.default_expires),
    )


def _engine_settings(dialplan: Dialplan) -> EngineSettings:
    certificate = key = None
    if dialplan.tls is not None and dialplan.tls.self_signed:
        certificate, key = self_signed(dialplan.state_directory, dialplan.domain)
    elif dialplan.tls is not None:
        certificate, key = Path(dialplan.tls.certificate), dialplan.tls.key
    return EngineSettings(
        domain=dialplan.domain,
        listeners=tuple(
            ListenerSettings(listener.transport, str(listener.address), listener.port)
            for listener in dialplan.listen
        ),
        rtp_ports=(dialplan.rtp.ports.first, dialplan.rtp.ports.last),
        codecs=dialplan.codecs,
        certificate=certificate,
        private_key=key,
        external_address=str(dialplan.external_address or ""),
        local_networks=dialplan.local_networks,
        clock_rate=_CLOCK_RATES[dialplan.audio],
        session_expires=int(dialplan.calls.session_timer or 0),
    )


def _version() -> str:
    """Empty when it runs from a source tree that is not installed."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("softswitch")
    return ""


def _resident_bytes() -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def _raise_descriptor_limit() -> None:
    """Two sockets a leg and one a connection: take all that the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def run(path: Path) -> int:
    """Run the switch on a dialplan until SIGTERM. Raises DialplanError, EngineFailure, Refused, OSError."""
    dialplan = load(path)
    _raise_descriptor_limit()
    writer = logs.configure(dialplan.log)
    for warning in dialplan.warnings:
        log.warning("dialplan", problem=str(warning))

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(_unhandled)
        await Switch(dialplan, path).run()

    try:
        uvloop.run(main())
    finally:
        writer.close()
    return 0
