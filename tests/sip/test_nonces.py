"""Nonces: signed, short-lived, good for each count once, in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.nonces import Nonces, Use

HERE = "192.0.2.1"


class Clock:
    """A clock that stands until it is told to move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nonces(clock: Clock) -> Nonces:
    return Nonces(lifetime=300.0, capacity=64, clock=clock)


def test_each_nonce_is_new_and_needs_no_escaping(nonces: Nonces) -> None:
    issued = {nonces.issue(HERE) for _ in range(1000)}
    assert len(issued) == 1000
    assert all(set('"\\\r\n ,').isdisjoint(nonce) for nonce in issued)
    assert len(nonces) == 0, "a nonce that was never used costs no memory"


def test_a_nonce_lives_as_long_as_was_said(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    clock.now += 299.9
    assert nonces.read(nonce, HERE) is not None
    clock.now += 0.2
    assert nonces.read(nonce, HERE) is None
    assert nonces.use(nonces.read(nonce, HERE), 1, "request") is Use.STALE


def test_a_foreign_or_damaged_nonce_is_stale(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    other_process = Nonces(lifetime=300.0, capacity=64, clock=clock).issue(HERE)
    damaged = ("b" if nonce[0] != "b" else "c") + nonce[1:]
    for bad in (
        other_process,
        damaged,
        nonce[:-1],
        nonce + "A",
        "",
        "ü" * 48,
        "*" * 48,
        " " * 48,
        nonce[:-2] + "  ",
    ):
        assert nonces.use(nonces.read(bad, HERE), 1, "request") is Use.STALE
    assert nonces.use(nonces.read(nonce, "192.0.2.2"), 1, "request") is Use.STALE, (
        "borrowed by another address"
    )
    assert nonces.use(nonces.read(nonce, HERE), 1, "request") is Use.FRESH


@given(st.text(max_size=40))
def test_noise_is_stale(noise: str) -> None:
    assert Nonces().read(noise, HERE) is None


def test_a_count_is_good_once(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonces.read(nonce, HERE), 1, "first") is Use.FRESH
    assert nonces.use(nonces.read(nonce, HERE), 2, "second") is Use.FRESH
    assert nonces.use(nonces.read(nonce, HERE), 1, "thief") is Use.REPLAYED
    assert nonces.use(nonces.read(nonce, HERE), 2, "thief") is Use.REPLAYED


def test_a_retransmission_is_known_for_as_long_as_udp_sends_them(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    nonces.use(nonces.read(nonce, HERE), 1, "same")
    clock.now += 31.9
    assert nonces.use(nonces.read(nonce, HERE), 1, "same") is Use.RETRANSMITTED
    clock.now += 0.2
    assert nonces.use(nonces.read(nonce, HERE), 1, "same") is Use.REPLAYED


def test_the_legacy_digest_makes_a_nonce_good_for_one_request(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonces.read(nonce, HERE), None, "one") is Use.FRESH
    assert nonces.use(nonces.read(nonce, HERE), None, "one") is Use.RETRANSMITTED
    assert nonces.use(nonces.read(nonce, HERE), None, "two") is Use.REPLAYED


@given(st.lists(st.integers(0, 200), max_size=60))
def test_the_window_agrees_with_a_set_of_counts(counts: list[int]) -> None:
    """Each count once, in any order, unless it lies 64 or more behind the highest."""
    nonces = Nonces()
    nonce = nonces.issue(HERE)
    used: set[int] = set()
    for index, count in enumerate(counts):
        new = count not in used and (not used or count > max(used) - 64)
        assert nonces.use(nonces.read(nonce, HERE), count, index) is (Use.FRESH if new else Use.REPLAYED)
        if new:
            used.add(count)


def test_a_huge_jump_in_the_count_is_no_work(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonces.read(nonce, HERE), 2**32 - 1, "far") is Use.FRESH
    assert nonces.use(nonces.read(nonce, HERE), 1, "back") is Use.REPLAYED


def test_memory_is_bounded_and_the_oldest_go_first(nonces: Nonces) -> None:
    issued = [nonces.issue(HERE) for _ in range(200)]
    for nonce in issued:
        assert nonces.use(nonces.read(nonce, HERE), 1, nonce) is Use.FRESH
        assert len(nonces) <= 64
    assert nonces.use(nonces.read(issued[0], HERE), 2, "later") is Use.STALE
    assert nonces.use(nonces.read(issued[-1], HERE), 2, "later") is Use.FRESH


def test_what_was_evicted_cannot_be_replayed(nonces: Nonces) -> None:
    """Forgetting a used nonce must not make its counts good again."""
    first = nonces.issue(HERE)
    nonces.use(nonces.read(first, HERE), 1, "first")
    for _ in range(64):
        nonces.use(nonces.read(nonces.issue(HERE), HERE), 1, "other")
    assert nonces.use(nonces.read(first, HERE), 1, "thief") is Use.STALE


def test_used_nonces_out_of_their_order_of_issue_still_go_oldest_first(nonces: Nonces) -> None:
    old, *others = [nonces.issue(HERE) for _ in range(66)]
    for nonce in others[:64]:
        nonces.use(nonces.read(nonce, HERE), 1, nonce)
    assert nonces.use(nonces.read(old, HERE), 1, "old") in (Use.FRESH, Use.STALE)
    assert len(nonces) <= 64
    assert nonces.use(nonces.read(old, HERE), 1, "thief") is Use.STALE


def test_expired_nonces_leave_the_memory(clock: Clock) -> None:
    nonces = Nonces(lifetime=10.0, capacity=6400, clock=clock)
    for _ in range(500):
        nonces.use(nonces.read(nonces.issue(HERE), HERE), 1, "request")
    clock.now += 11
    for _ in range(100):  # as many as share a generation
        nonces.use(nonces.read(nonces.issue(HERE), HERE), 1, "request")
    assert len(nonces) <= 200


def test_no_length_of_time_revives_a_nonce(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    start = clock.now
    for milliseconds in (2**31, 2**32, 2**33, 2**40):
        clock.now = start + milliseconds / 1000 + 1
        assert nonces.read(nonce, HERE) is None


@pytest.mark.parametrize(("lifetime", "capacity"), [(0, 64), (-1, 64), (300, 63)])
def test_senseless_limits_are_refused(lifetime: float, capacity: int) -> None:
    with pytest.raises(ValueError, match="use"):
        Nonces(lifetime, capacity)
