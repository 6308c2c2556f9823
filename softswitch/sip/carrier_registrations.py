"""The registrations of all trunks that have an account, as the dialplan and the resolver change them."""

import asyncio
from typing import TYPE_CHECKING, Final

from softswitch.sip.carrier_registration import CarrierRegistration
from softswitch.sip.credentials import Credentials
from softswitch.sip.destination import Destination
from softswitch.sip.trunks import Trunks
from softswitch.sip.uri import Uri

if TYPE_CHECKING:
    from softswitch.sip.engine import Engine

_LAST_WORD: Final = 2.0
"""Seconds that a carrier has to answer that we leave."""

_Account = tuple[Destination, str, Credentials]


class CarrierRegistrations:
    """Follows `trunks`; `stop` takes every binding back."""

    def __init__(self, engine: "Engine", trunks: Trunks) -> None:
        self._engine = engine
        self._trunks = trunks
        self._current: dict[str, tuple[_Account, CarrierRegistration]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Register, now and whenever a trunk or its address changes. The engine must run."""
        self._trunks.on_change = self.follow
        self.follow()

    def of(self, trunk: str) -> CarrierRegistration | None:
        """The trunk's registration; None without an account, or while its server has no address."""
        found = self._current.get(trunk)
        return found[1] if found else None

    def follow(self) -> None:
        """Register what is new, leave what is gone. What has not changed stays as it is."""
        wanted = {trunk.key: account for trunk in self._trunks.all if (account := self._account(trunk.key))}
        for key, (account, registration) in list(self._current.items()):
            if wanted.get(key) != account:
                del self._current[key]
                self._let_go(registration)
        for key, account in wanted.items():
            if key not in self._current:
                self._current[key] = (account, self._register(key, account))
        self._engine.keep_credentials({account[-1] for account in wanted.values()})

    async def stop(self) -> None:
        """Leave every carrier."""
        self._trunks.on_change = lambda: None
        for _, registration in self._current.values():
            self._let_go(registration)
        self._current.clear()
        if self._leaving:
            await asyncio.wait(self._leaving)

    def _account(self, key: str) -> _Account | None:
        trunk, destination = self._trunks.get(key), self._trunks.destination(key)
        credentials = self._trunks.credentials(key)
        if trunk is None or destination is None or credentials is None:
            return None
        host = Uri.parse(destination.uri).host
        return destination, f"<sip:{credentials.user}@{host}>", credentials

    def _register(self, key: str, account: _Account) -> CarrierRegistration:
        registration = CarrierRegistration(
            self._engine, key, *account, on_failure=lambda text: self._trunks.failed(key, text)
        )
        registration.start()
        return registration

    def _let_go(self, registration: CarrierRegistration) -> None:
        task = asyncio.get_running_loop().create_task(registration.leave(_LAST_WORD))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
