"""What people do in a call: each leaves two talking, or nobody."""

from tests.rig.handset import UPDATES, Talk, connect, disconnect
from tests.rig.soak.office import ROOM, Office, Op, calls, final_news, keys, takes
from tests.rig.waiting import RigError


async def hold(office: Office) -> None:
    """Hold and resume."""
    by, _ = office.one_of()
    for direction in ("sendonly", "sendrecv"):
        expect((await by.reinvite(office.sdp(by, direction))).status == 200, direction)


async def end_on_hold(office: Office) -> None:
    """Who is on hold, or who holds, hangs up."""
    by, _ = office.one_of()
    await by.reinvite(office.sdp(by, "sendonly"))
    await _end(office, *office.one_of())


# ---- transfer by REFER ----


async def blind(office: Office) -> None:
    """To somebody who takes him."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await by.refer(to.user)
    rung = await takes(to)
    expect((await final_news(by)).endswith("200 OK"), "it is told")
    await by.hang_up()
    office.pair = stays, rung


async def blind_refused(office: Office) -> None:
    """To somebody who does not want him: he comes back."""
    by, _ = office.one_of()
    to = office.somebody_else()
    await by.refer(to.user)
    await (await to.called()).refuse(486)
    expect("486" in await final_news(by), "it is told")


async def blind_and_gone(office: Office) -> None:
    """He hangs up while it rings, she does not want it: it rings at his desk again."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await by.refer(to.user)
    rung = await to.called()
    await by.hang_up()
    await rung.refuse(480)
    office.pair = stays, await takes(by.phone)


async def blind_and_who_was_sent_is_gone(office: Office) -> None:
    """Who is sent on hangs up while it rings."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await by.refer(to.user)
    rung = await to.called()
    await rung.ring()
    await stays.hang_up()
    await rung.cancelled()
    expect("487" in await final_news(by), "it is told")
    await by.ended()
    office.pair = None


async def forwarded_on(office: Office) -> None:
    """To somebody who forwards every call."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await by.refer(f"11{to.user[-1]}")
    rung = await takes(to)
    await final_news(by)
    await by.hang_up()
    office.pair = stays, rung


async def nowhere(office: Office) -> None:
    """To a number that is none."""
    by, _ = office.one_of()
    await by.refer("999")
    expect("404" in await final_news(by), "it is told")


async def attended(office: Office) -> None:
    """To somebody who has been asked."""
    by, stays = office.one_of()
    to = office.somebody_else()
    consulting, rung = await connect(office.lines[by.phone.user], to, UPDATES)
    await by.refer(to.user, instead_of=consulting)
    expect((await final_news(by)).endswith("200 OK"), "it is told")
    await consulting.ended()
    await by.hang_up()
    office.pair = stays, rung


async def attended_ringing(office: Office) -> None:
    """To somebody who still rings."""
    by, stays = office.one_of()
    to = office.somebody_else()
    consulting = await office.lines[by.phone.user].dial(to.user, extra=UPDATES)
    rung = await to.called()
    await rung.ring()
    await consulting.provisional(180)
    await by.refer(to.user, instead_of=consulting)
    expect((await consulting.final()).status == 487, "he asks no more")
    await by.hang_up()
    await rung.accept(extra=UPDATES)
    office.pair = stays, rung


# ---- transfer by keys ----


async def blind_by_keys(office: Office) -> None:
    """## and the number."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await keys(by, f"##{to.user}")
    await by.ended()
    office.pair = stays, await takes(to)


async def asked_by_keys(office: Office) -> None:
    """*2, then he hangs up, comes back, or joins all three, of whom one leaves."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await keys(by, f"*2{to.user}")
    rung = await takes(to)
    match office.chance.choice(("hangs up", "comes back", "is left", "joins")):
        case "hangs up":
            await by.hang_up()
            office.pair = stays, rung
        case "comes back":
            await keys(by, "*2")
            await rung.ended()
        case "is left":
            await rung.hang_up()
        case _:
            await keys(by, "*3")
            three = [by, stays, rung]
            leaves = three.pop(office.chance.randrange(3))
            await leaves.hang_up()
            office.pair = three[0], three[1]


async def asked_by_keys_while_it_rings(office: Office) -> None:
    """He hangs up before she answers, or who waits does."""
    by, stays = office.one_of()
    to = office.somebody_else()
    await keys(by, f"*2{to.user}")
    rung = await to.called()
    await rung.ring()
    leaves, left = (by, stays) if office.chance.random() < 0.5 else (stays, by)
    await leaves.hang_up()
    await rung.accept(extra=UPDATES)
    office.pair = left, rung


# ---- parking ----


async def park(office: Office) -> None:
    """By REFER; somebody else fetches him."""
    by, stays = office.one_of()
    await by.refer("700")
    expect((await final_news(by)).endswith("200 OK"), "it is told")
    await by.hang_up()
    office.pair = stays, await calls(office.somebody_else(), "701")


async def park_by_keys(office: Office) -> None:
    """The same by keys; he does not listen to the line's number."""
    by, stays = office.one_of()
    await keys(by, "##700#")
    await by.hang_up()
    office.pair = stays, await calls(office.somebody_else(), "701")


async def parked_and_gone(office: Office) -> None:
    """Who is parked hangs up."""
    by, stays = office.one_of()
    await by.refer("700")
    await final_news(by)
    await by.hang_up()
    await stays.hang_up()
    office.pair = None


# ---- with a third one ----


async def moved(office: Office) -> None:
    """To one's other line, by INVITE with Replaces."""
    by, stays = office.one_of()
    line = office.lines[by.phone.user]
    moving = await line.dial(stays.phone.user, extra=[*UPDATES, ("Replaces", by.replaces)])
    await moving.answered()
    await by.ended()
    await _end(office, moving, stays)


async def listened_to(office: Office) -> None:
    """Somebody listens, whispers and barges in; he leaves, or the two do."""
    by, other = office.one_of()
    listens = await calls(office.somebody_else(), f"*554{by.phone.user}")
    await keys(listens, office.chance.choice(("5", "6", "64")))
    if office.chance.random() < 0.5:
        await listens.hang_up()
    else:
        await _end(office, by, other)
        await listens.ended()


async def camped_on(office: Office) -> None:
    """Somebody waits for one of the two; when they have talked he is rung, and then the other one."""
    by, other = office.one_of()
    third = office.somebody_else()
    await (await calls(third, f"*66{by.phone.user}")).hang_up()
    await disconnect(other, by)
    rung = await takes(third)
    office.pair = rung, await takes(by.phone)


async def camped_on_in_vain(office: Office) -> None:
    """He changes his mind."""
    by, _ = office.one_of()
    third = office.somebody_else()
    await (await calls(third, f"*66{by.phone.user}")).hang_up()
    await (await calls(third, "*86")).hang_up()


async def recorded(office: Office) -> None:
    """On demand; now and then it is paused, or stopped."""
    by, _ = office.one_of()
    await keys(by, office.chance.choice(("*1", "*1*4", "*1*4*4", "*1*1")))


async def conference(office: Office) -> None:
    """One is sent into a room, the other one and a third come after; they leave in any order."""
    by, stays = office.one_of()
    third = office.somebody_else()
    await by.refer(ROOM)
    expect((await final_news(by)).endswith("200 OK"), "it is told")
    await by.hang_up()
    leads = await calls(by.phone, ROOM)
    if office.chance.random() < 0.5:
        late = await calls(third, ROOM)
    else:
        await keys(leads, f"*6{third.user}#")
        late = await takes(third)
        await keys(late, "1")
    await keys(leads, office.chance.choice(("*1", "*2*2", "*4", "*5", "*5*5")))
    people = [stays, leads, late]
    office.chance.shuffle(people)
    for one in people:
        await one.hang_up()
    office.pair = None


async def _end(office: Office, by: Talk, other: Talk) -> None:
    await disconnect(by, other)
    office.pair = None


async def hang_up(office: Office) -> None:
    """One of the two does."""
    await _end(office, *office.one_of())


def expect(holds: bool, what: str) -> None:
    """Raises RigError unless it is so."""
    if not holds:
        raise RigError(f"not so: {what}")


DOINGS: tuple[Op, ...] = (
    hold,
    end_on_hold,
    blind,
    blind_refused,
    blind_and_gone,
    blind_and_who_was_sent_is_gone,
    forwarded_on,
    nowhere,
    attended,
    attended_ringing,
    blind_by_keys,
    asked_by_keys,
    asked_by_keys_while_it_rings,
    park,
    park_by_keys,
    parked_and_gone,
    moved,
    listened_to,
    camped_on,
    camped_on_in_vain,
    recorded,
    conference,
)
