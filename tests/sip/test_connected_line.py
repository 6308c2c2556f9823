"""When a far end is shown who is on the line: at once, after what is under way, once more after a 491."""

from softswitch.sip.connected_line import BUSY, ConnectedLine
from tests.rig.waiting import until


class FarEnd:
    """Takes what it is sent, unless it is busy."""

    def __init__(self) -> None:
        self.busy = False
        self.seen: list[bytes] = []
        self.line = ConnectedLine(self.send, "call-1", owns_call_id=False)

    def send(self, lines: bytes) -> int:
        if self.busy:
            return BUSY
        self.seen.append(lines)
        return 0


async def test_only_the_newest_is_shown_after_what_is_under_way() -> None:
    far = FarEnd()
    for lines in (b"a", b"b", b"c"):
        far.line.show(lines)
    assert far.seen == [b"a"]
    far.line.answered(200)
    await until(lambda: far.seen == [b"a", b"c"], "the newest is shown")


async def test_a_491_is_tried_again_once() -> None:
    far = FarEnd()
    far.line.show(b"a")
    far.line.answered(BUSY)
    await until(lambda: far.seen == [b"a", b"a"], "it is shown again")
    far.line.answered(BUSY)
    far.line.show(b"b")
    assert far.seen == [b"a", b"a", b"b"], "nothing waits any more"


async def test_what_waits_for_the_call_is_shown_as_it_is_up() -> None:
    far = FarEnd()
    far.busy = True
    far.line.show(b"a")
    far.busy = False
    far.line.ready()
    await until(lambda: far.seen == [b"a"], "it is shown")


async def test_nothing_is_shown_to_who_is_gone() -> None:
    far = FarEnd()
    far.busy = True
    far.line.show(b"a")
    far.busy = False
    far.line.close()
    far.line.answered(487)
    assert far.seen == []
