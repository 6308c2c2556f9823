"""Four people with a call between two of them at a time, and what any of them can do."""

import random
from collections.abc import Awaitable, Callable

from tests.rig.handset import UPDATES, Handset, Talk
from tests.rig.message import Message, response
from tests.rig.raw import Raw
from tests.rig.rtp import RtpPort
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import RigError

PEOPLE = ("101", "102", "103", "104")
ALL, ROOM = "200", "800"
"""A department of all of them, and a conference."""

Op = Callable[["Office"], Awaitable[None]]
"""What somebody does."""


def plan(address: str) -> dict[str, object]:
    """Their dialplan. 111 to 114 forward to 121 to 124, who have no phone and forward to 101 to 104."""
    settings = dialplan(
        address,
        PEOPLE,
        log={"level": "info", "format": "json"},
        departments={"all": {"number": ALL, "members": list(PEOPLE)}},
        conferences={ROOM: {"announce": "off"}},
        recording={"announce": False},
        supervision={"announce": False},
    )
    extensions = settings["extensions"]
    for person in PEOPLE:
        last = person[-1]
        extensions[person].update(record="on demand", rights={"listen": "anyone"})
        extensions[f"11{last}"] = {"name": "Elsewhere", "forward": {"always": f"12{last}"}}
        extensions[f"12{last}"] = {"name": "Away", "forward": {"unregistered": person}}
    for number in (f"{ten}{person[-1]}" for ten in ("11", "12") for person in PEOPLE):
        extensions[number]["password"] = f"pw-of-{number}-long-enough"
    # Used nonces are remembered for as long as they are good: so a second half has as many as a first one.
    settings["registration"]["nonce_lifetime"] = "5s"
    return settings


class Crew:
    """The people's phones, each with a second line, registered; `leave` takes them away."""

    def __init__(self) -> None:
        self.phones: list[Handset] = []
        self.lines: dict[str, Handset] = {}
        self._closing: list[RtpPort] = []

    @classmethod
    async def come(cls, switch: Switch) -> "Crew":
        """New phones, whose inboxes are empty."""
        crew = cls()
        for person in PEOPLE:
            phone = Handset(person, await Raw.open(switch.address), await RtpPort.open())
            second = Handset(person, phone.sip, await RtpPort.open(), phone.seen)
            crew._closing += [phone.media, second.media]
            await phone.register()
            crew.phones.append(phone)
            crew.lines[person] = second
        return crew

    async def leave(self) -> None:
        """They unregister."""
        for phone in self.phones:
            await phone.register(expires=0)
        await self.close()

    async def close(self) -> None:
        """Their sockets are closed."""
        for media in self._closing:
            media.close()
        for phone in self.phones:
            await phone.sip.close()


class Office:
    """`pair` is who talks, as their phones see it; None when nobody does."""

    def __init__(self, crew: Crew, chance: random.Random) -> None:
        self.phones, self.lines = crew.phones, crew.lines
        self.chance = chance
        self.pair: tuple[Talk, Talk] | None = None
        self.story: list[str] = []
        self._version = 1

    def one_of(self) -> tuple[Talk, Talk]:
        """The two sides, in random order: who acts, and the other one."""
        if self.pair is None:
            raise RigError("nobody talks")
        first, second = self.pair
        return (first, second) if self.chance.random() < 0.5 else (second, first)

    def somebody_else(self) -> Handset:
        """Who is not in the call."""
        busy = {talk.phone.user for talk in self.pair or ()}
        return self.chance.choice([phone for phone in self.phones if phone.user not in busy])

    def sdp(self, talk: Talk, direction: str) -> bytes:
        """A session description that is newer than all before."""
        self._version += 1
        return talk.phone.media.sdp(direction, self._version)

    async def do(self, op: Op) -> None:
        """One of the things that people do, and then the phones read what their displays are to show."""
        self.story.append(op.__name__)
        await op(self)
        await self.read_displays()

    async def read_displays(self) -> None:
        """Every phone answers the UPDATEs that say who is on its line now."""
        for phone in self.phones:
            for message in phone.sip.inbox.matching(_is_update):
                branch = message.get("Via")
                if branch not in phone.seen:
                    phone.seen.add(branch)
                    await phone.sip.send(response(message, 200, "OK"))


def _is_update(message: Message) -> bool:
    return message.status == 0 and message.method == "UPDATE"


async def keys(talk: Talk, digits: str) -> None:
    """Pressed during the call; told by INFO, so that no time passes."""
    for digit in digits:
        body = f"Signal={digit}\r\nDuration=80\r\n".encode()
        answer = await talk.ask("INFO", body, body_type="application/dtmf-relay")
        if answer.status != 200:
            raise RigError(f"INFO: {answer.start}")


async def calls(phone: Handset, number: str) -> Talk:
    """Dials what answers at once."""
    talk = await phone.dial(number, extra=UPDATES)
    await talk.answered()
    return talk


async def takes(phone: Handset) -> Talk:
    """Answers what rings."""
    rung = await phone.called()
    await rung.accept(extra=UPDATES)
    return rung


async def final_news(talk: Talk) -> str:
    """How a transfer by REFER has ended."""
    while (news := await talk.told()).split()[1] < "200":
        pass
    return news
