"""What the control socket can be asked."""

import contextlib
import importlib.metadata
import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from softswitch.api import views
from softswitch.api.control import Handler, Refused
from softswitch.app.conferences import conference
from softswitch.app.fax_commands import faxes, send_fax
from softswitch.app.modes import mode
from softswitch.app.queues import queues
from softswitch.records.recent import CallStory

if TYPE_CHECKING:
    from softswitch.app.switch import Switch


_LONGEST: Final = 86400.0
"""Seconds that a reload may wait to be confirmed."""


class Commands:
    """Each takes the arguments of its JSON line and returns the result; raises Refused."""

    def __init__(self, switch: "Switch") -> None:
        self._switch = switch
        self.table: dict[str, Handler] = {
            "status": self._status,
            "calls": self._calls,
            "registrations": self._registrations,
            "trunks": self._trunks,
            "conference": self._conference,
            "mode": self._mode,
            "queues": self._queues,
            "faxes": self._faxes,
            "fax": self._fax,
            "hangup": self._hangup,
            "reload": self._reload,
            "confirm": self._confirm,
            "trace": self._trace,
        }

    async def _status(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "version": _version(),
            "pid": os.getpid(),
            "started_at": self._switch.started_at,
            "uptime": time.time() - self._switch.started_at,
            "domain": self._switch.dialplan.domain,
            "dialplan": str(self._switch.path),
            "listeners": [str(listener) for listener in self._switch.dialplan.listen],
            "calls": self._switch.exchange.call_count,
            "max_calls": self._switch.dialplan.calls.max_calls,
            "legs": self._switch.engine.leg_count,
            "lingering_dialogs": self._switch.engine.lingering,
            "transactions": self._switch.engine.transactions,
            "extensions": len(self._switch.dialplan.extensions),
            "extensions_registered": len(self._switch.location.everything()),
            "bindings": len(self._switch.location),
            "watched": len(self._switch.subscriptions),
            "turned_away": len(self._switch.turned_away.of_late()),
            "draining": self._switch.reception.admission.draining,
            "overloaded": self._switch.reception.admission.overloaded,
            "refused_calls": self._switch.reception.admission.refused,
            "rss_bytes": _resident_bytes(),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "records": self._switch.records(),
        }

    async def _calls(self, arguments: dict[str, Any]) -> dict[str, Any]:
        recent = arguments.get("recent", 0)
        if not isinstance(recent, int) or recent < 0:
            raise Refused("recent is not a number of calls", "give a whole number, 0 or more")
        live = [views.live_call(call) for call in self._switch.exchange.calls]
        return {"calls": live + [views.ended_call(story) for story in self._switch.recent.ended(recent)]}

    async def _registrations(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        switch, now = self._switch, time.time()
        return {
            "registrations": views.registrations(switch.location, switch.dialplan, now),
            "turned_away": views.turned_away(switch.turned_away.of_late(), now),
        }

    async def _trunks(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        switch = self._switch
        return {"trunks": views.trunks(switch.trunks, switch.carriers, switch.trunk_probe, switch.exchange)}

    async def _conference(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return conference(self._switch.exchange, arguments)

    async def _mode(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return mode(self._switch.exchange, arguments)

    async def _queues(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return queues(self._switch.exchange, arguments)

    async def _faxes(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return faxes(self._switch.faxes, arguments)

    async def _fax(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return await send_fax(self._switch.faxes, self._switch.exchange, arguments)

    async def _hangup(self, arguments: dict[str, Any]) -> dict[str, Any]:
        story = self._story(arguments)
        try:
            self._switch.exchange.hangup(story.id)
        except KeyError:
            raise Refused(
                f"call {story.id} is over already", "`softswitch calls` lists the live ones"
            ) from None
        return {"ended": story.id}

    async def _reload(self, arguments: dict[str, Any]) -> dict[str, Any]:
        within = arguments.get("confirm_within")
        if within is not None and not (isinstance(within, int | float) and 1 <= within <= _LONGEST):
            raise Refused("confirm_within is no time", f"give 1 to {_LONGEST:.0f} seconds")
        return {"changes": list(await self._switch.take_dialplan(within))}

    async def _confirm(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        if not self._switch.probation.confirm():
            raise Refused("no reload waits to be confirmed", "it may have gone back already: see the log")
        return {"confirmed": True}

    async def _trace(self, arguments: dict[str, Any]) -> dict[str, Any]:
        story = self._story(arguments)
        live = next((call for call in self._switch.exchange.calls if call.id == story.id), None)
        messages = self._switch.engine.ladder(tuple(story.dialogs))
        return {
            "call": views.live_call(live) if live else views.ended_call(story),
            "events": views.told(story.events),
            "messages": [views.captured(message, story.dialogs) for message in messages],
        }

    def _story(self, arguments: dict[str, Any]) -> CallStory:
        try:
            return self._switch.recent.find(str(arguments.get("call", "")))
        except KeyError as error:
            raise Refused(str(error.args[0]), "`softswitch calls --recent 20` lists calls by id") from None


def _version() -> str:
    """Empty when it runs from a source tree that is not installed."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("softswitch")
    return ""


def _resident_bytes() -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0
