"""A phone whose every message is the test's own: SIP by `Raw`, sound by `RtpPort`.

It registers, calls, is called; each call is a `Talk`, which knows its dialog and nothing else: what is sent
when is written in the test.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.rig.message import Message, new_token, request, response, tagged
from tests.rig.raw import Raw, ack, with_digest
from tests.rig.rtp import RtpPort
from tests.rig.switch import DOMAIN, password
from tests.rig.waiting import PATIENCE, RigError

Headers = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Handset:
    """One phone of extension `user`. Its calls are heard and spoken through `media`, one at a time."""

    user: str
    sip: Raw
    media: RtpPort
    seen: set[str] = field(default_factory=set)
    """Branches of requests taken, so that a retransmission is not taken for another one."""

    async def register(self, expires: int = 3600) -> None:
        """Registers, or removes its contact with 0 seconds. Raises RigError unless that succeeds."""
        answer = await self.sip.register(self.user, password(self.user), expires=expires)
        if answer.status != 200:
            raise RigError(f"{self.user} could not register: {answer.start}")

    async def dial(
        self, number: str, body: bytes | None = None, extra: Headers = (), name: str = "", hops: int = 70
    ) -> "Talk":
        """Sends an INVITE and answers the challenge to it. Await `final` or `provisional` of the talk.

        `body`: an offer of its own; b"" for none. `name`: what it claims to be called. `hops`: Max-Forwards.
        """
        caller = f'"{name}" ' if name else ""
        invite = request(
            "INVITE",
            f"sip:{number}@{DOMAIN}",
            via=self.sip.via,
            from_=f"{caller}<sip:{self.user}@{DOMAIN}>",
            to=f"<sip:{number}@{DOMAIN}>",
            contact=self.sip.contact(self.user),
            extra=extra,
            body=self.media.sdp() if body is None else body,
        )
        invite = in_place(invite, "Max-Forwards", str(hops))
        challenge = await self.sip.ask(invite)
        await self.sip.send(ack(invite, challenge))
        if challenge.status != 401:
            raise RigError(f"{self.user} calls {number}: {challenge.start} instead of a challenge")
        invite = with_digest(invite, challenge, self.user, password(self.user))
        await self.sip.send(invite)
        return Talk(self, invite, calling=True)

    async def called(self, within: float = PATIENCE) -> "Talk":
        """The next INVITE that is not part of a dialog."""
        invite = await self.take("INVITE", lambda m: not m.tag("To"), within)
        return Talk(self, invite, calling=False)

    async def take(
        self, method: str, fits: Callable[[Message], bool] = lambda _: True, within: float = PATIENCE
    ) -> Message:
        """The next request of that method, not a retransmission."""
        found = await self.sip.receive(
            lambda m: m.status == 0 and m.method == method and _branch(m) not in self.seen and fits(m),
            f"{method} for {self.user}",
            within,
        )
        self.seen.add(_branch(found))
        return found


class Talk:
    """One INVITE dialog, seen from a handset."""

    def __init__(self, phone: Handset, invite: Message, calling: bool) -> None:
        self.phone = phone
        self.invite = invite
        self.answer: Message | None = None
        """The last response to the INVITE that has a tag: ours or theirs."""
        self.tag = new_token()
        self._calling = calling
        self._cseq = int(invite.get("CSeq").split()[0])

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.invite.get("Call-ID")

    # ---- calling ----

    async def provisional(self, status: int, within: float = PATIENCE) -> Message:
        """A provisional response of that status; 183 with SDP opens the way for sound."""
        answer = await self._response(lambda m: m.status == status, f"{status}", within)
        self.answer = answer
        if answer.body:
            self.phone.media.send_to(answer.body)
        return answer

    async def final(self, within: float = PATIENCE) -> Message:
        """The final response, acknowledged; a 200 with SDP opens the way for sound."""
        answer = await self.final_unacknowledged(within)
        await self.acknowledge()
        return answer

    async def final_unacknowledged(self, within: float = PATIENCE) -> Message:
        """The final response; no ACK is sent."""
        answer = await self._response(lambda m: m.status >= 200, "final response", within)
        self.answer = answer
        if answer.status < 300 and answer.body:
            self.phone.media.send_to(answer.body)
        return answer

    async def answered(self, within: float = PATIENCE) -> Message:
        """The 200. Any other final response raises RigError."""
        answer = await self.final(within)
        if answer.status != 200:
            raise RigError(f"{self.phone.user}: {answer.start} instead of 200")
        return answer

    async def acknowledge(self, body: bytes = b"") -> None:
        """The ACK to the final response, with an answer of its own after a late offer."""
        if self.answer is None:
            raise RigError("nothing to acknowledge")
        message = ack(self.invite, self.answer)
        if body:
            message = Message(message.start, (*message.headers, ("Content-Type", "application/sdp")), body)
        await self.phone.sip.send(message)

    async def cancel(self) -> Message:
        """CANCEL; returns its 200."""
        kept = ("via", "from", "to", "call-id", "max-forwards")
        headers = [h for h in self.invite.headers if h[0].lower() in kept]
        number = self.invite.get("CSeq").split()[0]
        message = Message(
            f"CANCEL {self.invite.start.split()[1]} SIP/2.0", (*headers, ("CSeq", f"{number} CANCEL"))
        )
        return await self.phone.sip.ask(message)

    # ---- being called ----

    async def respond(
        self, status: int, phrase: str = "", body: bytes = b"", extra: Headers = (), to: Message | None = None
    ) -> Message:
        """Answers the INVITE, or another request of the dialog, with its own tag and Contact."""
        contact = [("Contact", self.phone.sip.contact(self.phone.user))]
        message = tagged(response(to or self.invite, status, phrase, [*contact, *extra], body), self.tag)
        await self.phone.sip.send(message)
        if to is None and status > 100:
            self.answer = message
        return message

    async def ring(self) -> None:
        """180."""
        await self.respond(180, "Ringing")

    async def accept(self, body: bytes | None = None, extra: Headers = ()) -> Message:
        """200 with SDP, and the ACK awaited, which is returned; sound may flow then."""
        await self.respond(200, "OK", self.phone.media.sdp() if body is None else body, extra)
        if self.invite.body:
            self.phone.media.send_to(self.invite.body)
        acknowledged = await self.take("ACK")
        if acknowledged.body:
            self.phone.media.send_to(acknowledged.body)
        return acknowledged

    async def refuse(self, status: int, phrase: str = "", extra: Headers = ()) -> None:
        """A final response of 300 and more, and the ACK to it."""
        await self.respond(status, phrase, extra=extra)
        await self.take("ACK")

    # ---- within the dialog ----

    async def take(
        self, method: str, within: float = PATIENCE, fits: Callable[[Message], bool] = lambda _: True
    ) -> Message:
        """The next request of that method in this dialog. ACK and CANCEL share their INVITE's branch."""
        if method in ("ACK", "CANCEL"):
            return await self.phone.sip.receive(
                lambda m: m.status == 0 and m.method == method and m.get("Call-ID") == self.call_id,
                f"{method} for {self.phone.user}",
                within,
            )
        return await self.phone.take(method, lambda m: m.get("Call-ID") == self.call_id and fits(m), within)

    async def taken(self, method: str, within: float = PATIENCE) -> Message:
        """Like `take`, and answers it with 200."""
        message = await self.take(method, within)
        await self.respond(200, "OK", to=message)
        return message

    async def ended(self, within: float = PATIENCE) -> Message:
        """The BYE that ends it, answered."""
        return await self.taken("BYE", within)

    async def cancelled(self, within: float = PATIENCE) -> Message:
        """The CANCEL; answers it with 200 and the INVITE with 487, and waits for the ACK."""
        message = await self.take("CANCEL", within)
        await self.respond(200, "OK", to=message)
        await self.refuse(487, "Request Terminated")
        return message

    def make(self, method: str, body: bytes = b"", extra: Headers = (), **settings: Any) -> Message:
        """A request of the dialog with the next CSeq; `settings` as of `message.request`."""
        if self.answer is None:
            raise RigError("there is no dialog before a response with a tag")
        theirs, local, remote = self.answer, self.invite.get("From"), self.answer.get("To")
        if not self._calling:
            theirs, local, remote = self.invite, self.answer.get("To"), self.invite.get("From")
        contact = re.search(r"<([^>]+)>", theirs.get("Contact"))
        if contact is None:
            raise RigError(f"no Contact in {theirs.start}")
        self._cseq += 1
        return request(
            method,
            contact.group(1),
            via=self.phone.sip.via,
            from_=local,
            to=remote,
            call_id=self.call_id,
            cseq=self._cseq,
            contact=self.phone.sip.contact(self.phone.user),
            body=body,
            extra=extra,
            **settings,
        )

    async def ask(self, method: str, body: bytes = b"", extra: Headers = (), **settings: Any) -> Message:
        """Sends a request of the dialog and returns its final response."""
        return await self.phone.sip.ask(self.make(method, body, extra, **settings))

    async def reinvite(self, body: bytes | None = None, extra: Headers = ()) -> Message:
        """A re-INVITE, acknowledged; its final response. b"": without offer, and the answer is in the ACK."""
        offer = self.phone.media.sdp() if body is None else body
        message = self.make("INVITE", offer, extra)
        answer = await self.phone.sip.ask(message)
        confirmation = ack(message, answer)
        if not offer and answer.body:
            headers = (*confirmation.headers, ("Content-Type", "application/sdp"))
            confirmation = Message(confirmation.start, headers, self.phone.media.sdp())
        await self.phone.sip.send(confirmation)
        if answer.status < 300 and answer.body:
            self.phone.media.send_to(answer.body)
        return answer

    async def refer(self, target: str, instead_of: "Talk | None" = None, extra: Headers = ()) -> Message:
        """REFER to a number, blind or in the place of another call of this phone; its response."""
        replaces = f"?Replaces={quote(instead_of.replaces, safe='')}" if instead_of else ""
        return await self.ask("REFER", extra=[("Refer-To", f"<sip:{target}@{DOMAIN}{replaces}>"), *extra])

    async def told(self) -> str:
        """The next NOTIFY, answered: the status line that it tells."""
        return (await self.taken("NOTIFY")).body.decode().strip()

    async def shown(self) -> str:
        """The next UPDATE, answered: who is on the line now, by P-Asserted-Identity."""
        return (await self.taken("UPDATE")).get("P-Asserted-Identity")

    @property
    def replaces(self) -> str:
        """What Replaces says to whoever is at the other end of this dialog (RFC 3891 §6.1)."""
        if self.answer is None:
            raise RigError("there is no dialog before a response with a tag")
        theirs, ours = self.answer.tag("To"), self.invite.tag("From")
        if not self._calling:
            theirs, ours = ours, theirs
        return f"{self.call_id};to-tag={theirs};from-tag={ours}"

    async def hang_up(self) -> Message:
        """BYE; its response."""
        return await self.ask("BYE")

    async def _response(self, fits: Callable[[Message], bool], what: str, within: float) -> Message:
        return await self.phone.sip.receive(
            lambda m: (
                fits(m)
                and m.status > 0
                and m.get("Call-ID") == self.call_id
                and m.get("CSeq") == self.invite.get("CSeq")
            ),
            f"{what} to {self.invite.start}",
            within,
        )


UPDATES: Headers = (("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, NOTIFY, REFER, INFO"),)
"""Of a phone that learns by UPDATE who is on the line."""


async def connect(caller: Handset, callee: Handset, extra: Headers = ()) -> tuple[Talk, Talk]:
    """A call that is up, as both sides see it. `extra` headers are in the INVITE and in the 200."""
    talk = await caller.dial(callee.user, extra=extra)
    called = await callee.called()
    await called.accept(extra=extra)
    await talk.answered()
    return talk, called


async def disconnect(talk: Talk, other: Talk) -> None:
    """The first hangs up, the other hears of it."""
    await talk.hang_up()
    await other.ended()


async def press(phone: Handset, keys: str) -> None:
    """One key after the other, as RFC 4733 events."""
    for key in keys:
        await phone.media.press(key, 80)


async def talk_alone(
    one: Handset,
    other: Handset,
    voices: tuple[int, int] = (440, 700),
    among: Sequence[int] = (440, 700, 1100),
) -> None:
    """Each speaks a tone of its own, and hears the other's and of those `among` nobody else's."""
    one.media.play(voices[0])
    other.media.play(voices[1])
    await one.media.hears({voices[1]}, among)
    await other.media.hears({voices[0]}, among)


def in_place(message: Message, name: str, value: str) -> Message:
    """The same with another value for that header."""
    return Message(
        message.start, tuple((n, value if n == name else v) for n, v in message.headers), message.body
    )


def _branch(message: Message) -> str:
    found = re.search(r"branch=([^;,\s]+)", message.get("Via"))
    return f"{found.group(1) if found else ''} {message.method}"
