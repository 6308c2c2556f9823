"""A carrier made by hand: what a trunk leads to. Calls in without digest, challenges ours, takes REGISTER."""

import hashlib
import re
from collections.abc import Sequence

from tests.rig.handset import Handset, Talk
from tests.rig.message import Message, request, response, tagged
from tests.rig.switch import DOMAIN

REALM = "carrier.example"


class Carrier(Handset):
    """One server of a carrier."""

    async def call_in(
        self,
        number: str,
        caller: str = "+491711234567",
        name: str = "",
        *,
        to: str = "",
        extra: Sequence[tuple[str, str]] = (),
        user: str = "",
    ) -> Talk:
        """An INVITE to the number as the carrier writes it. `to`: another user of To; `user`: of From."""
        display = f'"{name}" ' if name else ""
        invite = request(
            "INVITE",
            f"sip:{number}@{self.sip.remote[0]}",
            via=self.sip.via,
            from_=f"{display}<sip:{caller}@{REALM}>",
            to=f"<sip:{to or number}@{DOMAIN}>",
            contact=self.sip.contact(user or "carrier"),
            extra=extra,
            body=self.media.sdp(),
        )
        await self.sip.send(invite)
        return Talk(self, invite, calling=True)

    async def called_with_digest(self, user: str, password: str, status: int = 407) -> Talk:
        """Our INVITE, challenged; the second one, whose proof must be right."""
        talk = await self.called()
        await talk.refuse(status, extra=[challenge(status)])
        again = await self.called()
        check_proof(again.invite, user, password, status)
        return again

    async def registers(self, user: str, password: str, expires: int = 3600) -> Message:
        """A REGISTER, challenged, and the one with the right proof, accepted for that long. Returns it."""
        first = await self.take("REGISTER")
        await self.answer(first, 401, [challenge(401)])
        second = await self.take("REGISTER")
        check_proof(second, user, password, 401)
        granted = 0 if second.get("Expires") == "0" else expires
        contact = f"{second.get('Contact').partition(';expires')[0]};expires={granted}"
        await self.answer(second, 200, [("Contact", contact)])
        return second

    async def registers_again(self, user: str, password: str) -> Message:
        """A further REGISTER of the same account, which knows the challenge already. Returns it."""
        sent = await self.take("REGISTER")
        if not sent.get("Authorization"):
            await self.answer(sent, 401, [challenge(401)])
            sent = await self.take("REGISTER")
        check_proof(sent, user, password, 401)
        await self.answer(sent, 200)
        return sent

    async def answer(self, to: Message, status: int, extra: Sequence[tuple[str, str]] = ()) -> None:
        """Answers a request outside dialogs."""
        await self.sip.send(tagged(response(to, status, "", extra), "carrier"))


def challenge(status: int, nonce: str = "d0c5") -> tuple[str, str]:
    """The header that asks for proof: MD5, qop auth."""
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return name, f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'


def check_proof(sent: Message, user: str, password: str, status: int) -> None:
    """Asserts that a request proves who it is (RFC 2617 §3.2.2), reckoned anew."""
    text = sent.get("Authorization" if status == 401 else "Proxy-Authorization")
    assert text.startswith("Digest "), sent.headers
    words = {key: quoted or bare for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', text)}
    assert words["username"] == user
    assert words["realm"] == REALM
    ha1 = _md5(f"{user}:{REALM}:{password}")
    ha2 = _md5(f"{sent.method}:{words['uri']}")
    assert words["response"] == _md5(
        ":".join((ha1, words["nonce"], words["nc"], words["cnonce"], words["qop"], ha2))
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
