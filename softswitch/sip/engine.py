"""The engine: PJSIP on the loop. Requests go to a Reception, legs to whoever owns them.

uvloop watches PJSIP's epoll descriptor and a short tick runs its timers, so everything of the switch runs on
one thread. What PJSIP reports during a poll is queued and delivered after it, on a clean stack.
"""

import asyncio
import itertools
from collections.abc import Callable, Collection
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import structlog

from softswitch.sip import endings, fax, tap
from softswitch.sip.credentials import Credentials
from softswitch.sip.destination import Destination, steered
from softswitch.sip.dialog_id import DialogId
from softswitch.sip.endpoint import Endpoint
from softswitch.sip.errors import EngineFailure, SipError
from softswitch.sip.ladder import Message, parse_capture
from softswitch.sip.leg import Headers, Leg, header_lines
from softswitch.sip.leg_events import Digit, Ended, LegEvent, Referred
from softswitch.sip.leg_state import Direction, LegState
from softswitch.sip.message import MalformedMessage, Request, Response
from softswitch.sip.poller import Poller
from softswitch.sip.profiles import Profiles
from softswitch.sip.refer import read_refer, unknown_options
from softswitch.sip.requests import Reception, Requests
from softswitch.sip.settings import EngineSettings
from softswitch.sip.source import Source
from softswitch.sip.tap import ffi, lib

log = structlog.get_logger("softswitch.sip.engine")


class Engine:
    """One to a process. `start` and `stop` from the loop that it lives on."""

    def __init__(self, settings: EngineSettings, reception: Reception) -> None:
        self.settings = settings
        self._reception = reception
        self._legs: dict[int, Leg] = {}
        self._replies: dict[int, Callable[[int], None]] = {}
        self._carriers: dict[int, Callable[[int, str, int], None]] = {}
        self._carrier_tokens: dict[int, int] = {}
        self._tokens = itertools.count(1)
        self._endpoint: Endpoint | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._profiles = Profiles(settings)
        self._names = tuple(listener.name for listener in settings.listeners)
        self._poller = Poller()
        self._requests = Requests(
            reception, self._profiles, self._names, lambda: self.full, self._pressed, self._refer
        )

    # ---- life ----

    def tell_lateness(self, told: Callable[[float], None]) -> None:
        """`told` gets at each tick, some fifty a second, by how many seconds it comes too late."""
        self._poller.on_late = told

    def start(self) -> None:
        """Open the listeners and begin to poll. Raises EngineFailure."""
        self._loop = asyncio.get_running_loop()
        tap.attach(self)
        try:
            self._endpoint = Endpoint(self.settings)
            tap.check("start the tap", lib.tap_start())
            tap.check("start the capture", lib.tap_capture_start(self.settings.capture_bytes))
            tap.check("set up Opus", lib.tap_opus_rate(self.settings.clock_rate))
            self._endpoint.start()
        except BaseException:
            self._close()
            raise
        self._loop.add_reader(lib.tap_signal_fd(), self._take_digits)
        self._loop.add_reader(lib.tap_sounds_fd(), endings.take)
        self._loop.add_reader(lib.tap_fax_fd(), fax.take)
        self._poller.start()

    async def settled(self, within: float) -> bool:
        """Waits until every BYE and CANCEL is answered, at most `within` seconds; False if some are not."""
        return await self._poller.settled(within)

    def stop(self) -> None:
        """Close everything at once. End the legs and let their BYEs be answered first."""
        self._poller.stop()
        if self._loop is not None and self._endpoint is not None:
            self._loop.remove_reader(lib.tap_signal_fd())
            self._loop.remove_reader(lib.tap_sounds_fd())
            self._loop.remove_reader(lib.tap_fax_fd())
        self._close()

    def _close(self) -> None:
        if self._endpoint is not None:
            endings.close_all()
            lib.tap_stop()
            self._endpoint.close()
            fax.forget_all()
            self._endpoint = None
        tap.detach()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """All legs that are not over."""
        return tuple(self._legs.values())

    @property
    def leg_count(self) -> int:
        """How many legs are not over."""
        return len(self._legs)

    def leg_of(self, dialog: DialogId) -> Leg | None:
        """The leg in that dialog, early or confirmed; None when it is none of ours or over."""
        # RFC 3891 §3: a tag of 0 also stands for the tag that a phone of RFC 2543 does not give.
        remote_tags = (dialog.remote_tag, "") if dialog.remote_tag == "0" else (dialog.remote_tag,)
        for tag in remote_tags:
            token = lib.tap_leg_of(dialog.call_id.encode(), dialog.local_tag.encode(), tag.encode())
            if leg := self._legs.get(token):
                return leg
        return None

    @property
    def lingering(self) -> int:
        """Dialogs that PJSIP still holds: legs, and ended ones whose BYE or CANCEL is not answered yet."""
        return int(lib.tap_legs_in_use())

    def give_back_memory(self) -> None:
        """After work that took much and is not repeated soon. Takes some milliseconds."""
        lib.tap_give_back()

    @property
    def transactions(self) -> int:
        """SIP transactions that stand, those that are over and kept for retransmissions among them."""
        return int(lib.tap_transactions())

    @property
    def full(self) -> bool:
        """True when no further call can be taken."""
        return len(self._legs) + 2 > self.settings.max_legs

    @property
    def has_room(self) -> bool:
        """Whether a call's two legs have their place, and their ports for sound, at this moment."""
        first, last = self.settings.rtp_ports
        return len(self._legs) + 2 <= min(self.settings.max_legs, (last - first + 1) // 2)

    def change_local_networks(self, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        """Who is told the external address, from the next leg on."""
        if networks != self.settings.local_networks:
            self.settings = replace(self.settings, local_networks=networks)
            self._profiles.take(self.settings)

    # ---- operations ----

    def call(
        self,
        destination: Destination,
        *,
        number: str,
        to: str,
        from_: str,
        call_id: str,
        srtp: str = "off",
        headers: Headers = (),
        first_codec: str = "",
        credentials: Credentials | None = None,
    ) -> Leg:
        """Send an INVITE. `to` and `from_` are name-addrs, `credentials` answer a carrier's challenge.

        Raises SipError; OutOfResources when full.
        """
        leg = Leg(self, Direction.OUTBOUND, call_id, number, destination.transport)
        leg.address = (destination.ip, destination.port)
        listener = self.listener_for(destination)
        made = ffi.new("int *", -1)
        status = lib.tap_leg_call(
            self._profiles.account(listener, destination.ip, srtp, credentials),
            steered(destination),
            to.encode(),
            from_.encode(),
            call_id.encode(),
            header_lines(headers),
            first_codec.encode(),
            leg.token,
            made,
        )
        tap.check(f"call {number}", status)
        leg.id = made[0]
        leg.state = LegState.CALLING
        self._legs[leg.token] = leg
        return leg

    def send(
        self,
        method: str,
        destination: Destination,
        *,
        from_: str,
        to: str,
        on_reply: Callable[[int], None],
        headers: Headers = (),
        content_type: str = "",
        body: bytes = b"",
    ) -> None:
        """Send a request outside calls; `on_reply` gets its final status, 408 if none. Raises SipError.

        Of a dialog that somebody else keeps, `headers` name Call-ID, CSeq (the number), and From and To as
        `;tag=…`.
        """
        token = next(self._tokens)
        self._replies[token] = on_reply
        status = lib.tap_send_request(
            method.encode(),
            destination.uri.encode(),
            destination.route.encode(),
            from_.encode(),
            to.encode(),
            self.listener_for(destination),
            header_lines(headers),
            content_type.encode(),
            body,
            len(body),
            token,
        )
        if status != 0:
            self._replies.pop(token, None)
            raise tap.error(f"send {method}", status)

    def contact(self, source: Source, user: str) -> str:
        """Where who has sent something from there reaches us as `user`, as in a Contact header."""
        return self._profiles.contact(source.listener, source.ip, user)

    # ---- registrations at carriers ----

    def open_registration(
        self,
        destination: Destination,
        aor: str,
        credentials: Credentials,
        expires: int,
        on_answer: Callable[[int, str, int], None],
    ) -> int:
        """A registration at a carrier; nothing is sent yet. Returns its handle. Raises SipError.

        `on_answer` gets status, reason and the seconds granted, 0 for none, after each REGISTER: PJSIP
        refreshes in time by itself.
        """
        token = next(self._tokens)
        listener = self.listener_for(destination)
        handle = lib.tap_registration_open(
            destination.uri.encode(),
            destination.route.encode(),
            aor.encode(),
            self._profiles.contact(listener, destination.ip, credentials.user).encode(),
            credentials.user.encode(),
            credentials.password.encode(),
            listener,
            expires,
            token,
        )
        if handle < 0:
            raise tap.error("register at a carrier", -handle)
        self._carriers[token] = on_answer
        self._carrier_tokens[handle] = token
        return int(handle)

    def send_registration(self, handle: int, *, stay: bool) -> None:
        """Register, or take the binding back. Raises SipError, also while an answer is awaited."""
        tap.check("send REGISTER", lib.tap_registration_send(handle, int(stay)))

    def close_registration(self, handle: int) -> None:
        """No more refreshes and no more answers."""
        self._carriers.pop(self._carrier_tokens.pop(handle, 0), None)
        if self._endpoint is not None:
            lib.tap_registration_close(handle)

    def keep_credentials(self, wanted: Collection[Credentials]) -> None:
        """All others are answered with no more: their trunks have left the dialplan."""
        self._profiles.keep_credentials(wanted)

    def ladder(self, call_ids: tuple[str, ...]) -> list[Message]:
        """The captured messages of these dialogs, oldest first, as far as the ring still has them."""
        messages: list[Message] = []
        for call_id in call_ids:
            buffer = ffi.new("char[]", 4 * 1024 * 1024)
            size = lib.tap_capture_find(call_id.encode(), buffer, len(buffer))
            found = parse_capture(bytes(ffi.buffer(buffer, size)))
            # Others may name the Call-ID somewhere in their text.
            messages += [message for message in found if message.call_id == call_id]
        return sorted(messages, key=lambda message: message.at)

    def hold_connection(self) -> int:
        """While a request is being answered: keep its connection open. Returns a handle, 0 for UDP."""
        return int(lib.tap_connection_hold())

    def release_connection(self, handle: int) -> None:
        """Let a held connection close when it has been idle."""
        lib.tap_connection_release(handle)

    def listener_for(self, destination: Destination) -> int:
        """The listener to send from. Raises EngineFailure when none speaks that transport and IP version."""
        listeners = self.settings.listeners
        is_v6 = ":" in destination.ip
        fits = [
            index
            for index, listener in enumerate(listeners)
            if listener.transport == destination.transport and (":" in listener.address) == is_v6
        ]
        for index in fits:
            if self._names[index] == destination.local:
                return index
        if not fits:
            version = "IPv6" if is_v6 else "IPv4"
            raise EngineFailure(
                f"no {destination.transport} listener for {version}", 0, "add one to `listen`"
            )
        return fits[0]

    # ---- what legs tell ----

    def _deliver(self, leg: Leg, event: LegEvent) -> None:
        if leg.owner is None:
            return
        try:
            leg.owner(leg, event)
        except Exception:
            log.exception("call control failed", call_id=leg.call_id)
            self.fail(leg)

    def fail(self, leg: Leg) -> None:
        """End a leg after a fault of ours: 500 where it can still be said."""
        try:
            if leg.state in (LegState.INCOMING, LegState.EARLY) and leg.direction is Direction.INBOUND:
                leg.refuse(500)
            else:
                leg.hangup()
        except SipError:
            log.debug("leg was over already", call_id=leg.call_id)

    def _take_digits(self) -> None:
        digit = ffi.new("tap_digit *")
        while lib.tap_next_digit(digit):
            self._press(digit.token, Digit(chr(digit.digit), digit.duration_ms, bool(digit.info)))

    def _pressed(self, token: int, digit: Digit) -> None:
        """Read by Requests; the tap's come through a descriptor of their own and may be older."""
        self._take_digits()
        self._press(token, digit)

    def _refer(self, token: int, request: Request) -> Response:
        """Called inside PJSIP."""
        leg = self._legs.get(token)
        # A trunk is not let choose whom our extensions are connected with: it would be at their expense.
        if leg is None or leg.owner is None or leg.trunk:
            return Response(603, "Decline")
        if unknown := unknown_options(request):
            return Response(420, "Bad Extension", (("Unsupported", ", ".join(unknown)),))
        try:
            event = read_refer(request)
        except MalformedMessage as error:
            log.info("REFER refused", reason=error.reason, call_id=leg.call_id)
            return Response.of_malformed(error)
        self._poller.later(self._referred, leg, request.cseq, event)
        headers = () if event.wants_notify else (("Refer-Sub", "false"),)
        return Response(202, "Accepted", headers)

    def _referred(self, leg: Leg, cseq: int, event: Referred) -> None:
        leg.subscribe(cseq, wants_notify=event.wants_notify)
        self._deliver(leg, event)

    def _press(self, token: int, digit: Digit) -> None:
        leg = self._legs.get(token)
        if leg is not None:
            self._poller.later(self._deliver, leg, digit)

    # ---- tap.Upcalls ----

    def request(self, raw: Any) -> int:
        """See tap.Upcalls."""
        return self._requests.request(raw)

    def malformed(self, data: bytes, ip: str, port: int, transport: int) -> None:
        """See tap.Upcalls."""
        self._requests.malformed(data, ip, port, transport)

    def incoming(self, leg_id: int) -> int:
        """See tap.Upcalls."""
        admitted = self._requests.admitted
        if admitted is None:
            return 0
        self._requests.admitted = None
        request, source = admitted.request, admitted.source
        leg = Leg(self, Direction.INBOUND, request.call_id, admitted.by.number, source.transport)
        leg.trunk, leg.name = admitted.by.trunk, admitted.by.name
        leg.id = leg_id
        leg.address = (source.ip, source.port)
        leg.state = LegState.INCOMING
        self._legs[leg.token] = leg
        self._poller.later(self._new_leg, leg, request, source)
        return leg.token

    def _new_leg(self, leg: Leg, request: Request, source: Source) -> None:
        try:
            self._reception.leg(leg, request, source)
        except Exception:
            log.exception("call control failed", call_id=leg.call_id)
            self.fail(leg)

    def rejected(self, code: int) -> None:
        """See tap.Upcalls."""
        if self._requests.admitted is not None:
            log.warning("INVITE refused by PJSIP", code=code, call_id=self._requests.admitted.request.call_id)
            self._requests.admitted = None

    def state(self, token: int, state: int, code: int, reason: str, remote: bool, headers: str) -> None:
        """See tap.Upcalls."""
        leg = self._legs.get(token)
        if leg is None:
            return
        try:
            event: LegEvent | None = leg.advance(state, code, reason, remote, headers)
        except Exception:
            log.exception("a leg's state could not be taken", call_id=leg.call_id)
            if state != lib.TAP_STATE_DISCONNECTED:
                self._poller.later(self.fail, leg)
                return
            leg.state, event = LegState.ENDED, Ended(code, reason, remote, headers)
        if leg.state is LegState.ENDED:
            self._take_digits()  # who presses the last key of a transfer and hangs up has pressed it
            del self._legs[token]
        if event is not None:
            self._poller.later(self._deliver, leg, event)

    def media(self, token: int, slot: int, status: int, direction: int) -> None:
        """See tap.Upcalls."""
        leg = self._legs.get(token)
        if leg is None or leg.state is LegState.ENDED:
            return
        try:
            event = leg.hear(slot, status)
        except Exception:
            log.exception("a leg's media could not be taken", call_id=leg.call_id)
            self._poller.later(self.fail, leg)
            return
        self._poller.later(self._deliver, leg, event)

    def reply(self, token: int, code: int) -> None:
        """See tap.Upcalls."""
        on_reply = self._replies.pop(token, None)
        if on_reply is not None:
            self._poller.later(on_reply, code)

    def registered(self, token: int, code: int, reason: str, expires: int) -> None:
        """See tap.Upcalls."""
        on_answer = self._carriers.get(token)
        if on_answer is not None:
            self._poller.later(on_answer, code, reason, expires)

    def shown(self, token: int, code: int) -> None:
        """See tap.Upcalls."""
        leg = self._legs.get(token)
        if leg is not None:
            self._poller.later(leg.shown, code)

    def connection_lost(self, ip: str, port: int, transport: int) -> None:
        """See tap.Upcalls."""
        self._poller.later(
            self._reception.connection_lost, f"{tap.TRANSPORTS.get(transport, '')}:{ip}:{port}"
        )
