"""How a call comes about, or does not."""

import asyncio

from tests.rig.handset import UPDATES, Talk, connect
from tests.rig.soak.office import ALL, Office, Op, calls, takes
from tests.rig.waiting import RigError


async def plain(office: Office) -> None:
    """One calls another."""
    caller, callee = office.chance.sample(office.phones, 2)
    office.pair = await connect(caller, callee, UPDATES)


async def forwarded(office: Office) -> None:
    """To whom two others forward."""
    caller, callee = office.chance.sample(office.phones, 2)
    talk = await caller.dial(f"11{callee.user[-1]}", extra=UPDATES)
    rung = await takes(callee)
    await talk.answered()
    office.pair = talk, rung


async def to_all(office: Office) -> None:
    """All the others ring, and one answers."""
    caller, winner, *losers = office.chance.sample(office.phones, 4)
    talk = await caller.dial(ALL, extra=UPDATES)
    others = [await phone.called() for phone in losers]
    for other in others:
        await other.ring()
    rung = await takes(winner)
    for other in others:
        await other.cancelled()
    await talk.answered()
    office.pair = talk, rung


async def intercom(office: Office) -> None:
    """A phone is asked to answer by itself, and does."""
    caller, callee = office.chance.sample(office.phones, 2)
    talk = await caller.dial(f"*80{callee.user}", extra=UPDATES)
    rung = await takes(callee)
    await talk.answered()
    office.pair = talk, rung


async def picked_up_by_code(office: Office) -> None:
    """It rings at one, and another one dials *8 and his number."""
    await _picked_up(office, by_key=False)


async def picked_up_by_key(office: Office) -> None:
    """The same by INVITE with Replaces."""
    await _picked_up(office, by_key=True)


async def picked_up_by_two(office: Office) -> None:
    """Two reach for it: one has it, the other one is told."""
    caller, callee, *others = office.chance.sample(office.phones, 4)
    talk, rung = await _rings(office, caller.user, callee.user)
    both = await asyncio.gather(*(one.dial(f"*8{callee.user}", extra=UPDATES) for one in others))
    finals = await asyncio.gather(*(one.final() for one in both))
    await rung.cancelled()
    await talk.answered()
    winners = [one for one, final in zip(both, finals, strict=True) if final.status == 200]
    if len(winners) != 1:
        raise RigError(f"{len(winners)} have picked it up")
    office.pair = talk, winners[0]


async def given_up(office: Office) -> None:
    """Who calls hangs up while it rings."""
    caller, callee = office.chance.sample(office.phones, 2)
    talk, rung = await _rings(office, caller.user, callee.user)
    await talk.cancel()
    await talk.final()
    await rung.cancelled()


async def refused(office: Office) -> None:
    """Who is called does not want to."""
    caller, callee = office.chance.sample(office.phones, 2)
    talk, rung = await _rings(office, caller.user, callee.user)
    await rung.refuse(office.chance.choice((486, 480, 603)))
    await talk.final()


async def to_nobody(office: Office) -> None:
    """To a line where nobody is parked, to a number that is none, to pick up what does not ring."""
    caller = office.chance.choice(office.phones)
    talk = await caller.dial(office.chance.choice(("701", "999", "*8101", "*554101")), extra=UPDATES)
    if (await talk.final()).status == 200:
        await talk.hang_up()


async def alone_in_a_call(office: Office) -> None:
    """Somebody parks himself by dialling 700, hears the line, and goes."""
    talk = await calls(office.chance.choice(office.phones), "700")
    await talk.hang_up()


async def _rings(office: Office, caller: str, callee: str) -> tuple[Talk, Talk]:
    by_number = {phone.user: phone for phone in office.phones}
    talk = await by_number[caller].dial(callee, extra=UPDATES)
    rung = await by_number[callee].called()
    await rung.ring()
    await talk.provisional(180)
    return talk, rung


async def _picked_up(office: Office, by_key: bool) -> None:
    caller, callee, third = office.chance.sample(office.phones, 3)
    talk, rung = await _rings(office, caller.user, callee.user)
    number, extra = f"*8{callee.user}", list(UPDATES)
    if by_key:
        number, extra = callee.user, [*UPDATES, ("Replaces", rung.replaces)]
    picking = await third.dial(number, extra=extra)
    await picking.answered()
    await rung.cancelled()
    await talk.answered()
    office.pair = talk, picking


BEGINNINGS: tuple[Op, ...] = (
    plain,
    plain,
    forwarded,
    to_all,
    intercom,
    picked_up_by_code,
    picked_up_by_key,
    picked_up_by_two,
    given_up,
    refused,
    to_nobody,
    alone_in_a_call,
)
