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
    assert nonces.is_current(nonce, HERE)
    clock.now += 0.2
    assert not nonces.is_current(nonce, HERE)
    assert nonces.use(nonce, 1, "request", HERE) is Use.STALE


def test_a_foreign_or_damaged_nonce_is_stale(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    other_process = Nonces(lifetime=300.0, capacity=64, clock=clock).issue(HERE)
    damaged = ("B" if nonce[0] != "B" else "C") + nonce[1:]
    for bad in (other_process, damaged, nonce[:-1], nonce + "A", "", "ü" * 32, "*" * 32):
        assert nonces.use(bad, 1, "request", HERE) is Use.STALE
    assert nonces.use(nonce, 1, "request", "192.0.2.2") is Use.STALE, "borrowed by another address"
    assert nonces.use(nonce, 1, "request", HERE) is Use.FRESH


@given(st.text(max_size=40))
def test_noise_is_stale(noise: str) -> None:
    assert not Nonces().is_current(noise, HERE)


def test_a_count_is_good_once(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonce, 1, "first", HERE) is Use.FRESH
    assert nonces.use(nonce, 2, "second", HERE) is Use.FRESH
    assert nonces.use(nonce, 1, "thief", HERE) is Use.REPLAYED
    assert nonces.use(nonce, 2, "thief", HERE) is Use.REPLAYED


def test_a_retransmission_is_known_for_as_long_as_udp_sends_them(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    nonces.use(nonce, 1, "same", HERE)
    clock.now += 31.9
    assert nonces.use(nonce, 1, "same", HERE) is Use.RETRANSMITTED
    clock.now += 0.2
    assert nonces.use(nonce, 1, "same", HERE) is Use.REPLAYED


def test_the_legacy_digest_makes_a_nonce_good_for_one_request(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonce, None, "one", HERE) is Use.FRESH
    assert nonces.use(nonce, None, "one", HERE) is Use.RETRANSMITTED
    assert nonces.use(nonce, None, "two", HERE) is Use.REPLAYED


@given(st.lists(st.integers(0, 200), max_size=60))
def test_the_window_agrees_with_a_set_of_counts(counts: list[int]) -> None:
    """Each count once, in any order, unless it lies 64 or more behind the highest."""
    nonces = Nonces()
    nonce = nonces.issue(HERE)
    used: set[int] = set()
    for index, count in enumerate(counts):
        new = count not in used and (not used or count > max(used) - 64)
        assert nonces.use(nonce, count, index, HERE) is (Use.FRESH if new else Use.REPLAYED)
        if new:
            used.add(count)


def test_a_huge_jump_in_the_count_is_no_work(nonces: Nonces) -> None:
    nonce = nonces.issue(HERE)
    assert nonces.use(nonce, 2**32 - 1, "far", HERE) is Use.FRESH
    assert nonces.use(nonce, 1, "back", HERE) is Use.REPLAYED


def test_memory_is_bounded_and_the_oldest_go_first(nonces: Nonces) -> None:
    issued = [nonces.issue(HERE) for _ in range(200)]
    for nonce in issued:
        assert nonces.use(nonce, 1, nonce, HERE) is Use.FRESH
        assert len(nonces) <= 64
    assert nonces.use(issued[0], 2, "later", HERE) is Use.STALE
    assert nonces.use(issued[-1], 2, "later", HERE) is Use.FRESH


def test_what_was_evicted_cannot_be_replayed(nonces: Nonces) -> None:
    """Forgetting a used nonce must not make its counts good again."""
    first = nonces.issue(HERE)
    nonces.use(first, 1, "first", HERE)
    for _ in range(64):
        nonces.use(nonces.issue(HERE), 1, "other", HERE)
    assert nonces.use(first, 1, "thief", HERE) is Use.STALE


def test_used_nonces_out_of_their_order_of_issue_still_go_oldest_first(nonces: Nonces) -> None:
    old, *others = [nonces.issue(HERE) for _ in range(66)]
    for nonce in others[:64]:
        nonces.use(nonce, 1, nonce, HERE)
    assert nonces.use(old, 1, "old", HERE) in (Use.FRESH, Use.STALE)
    assert len(nonces) <= 64
    assert nonces.use(old, 1, "thief", HERE) is Use.STALE


def test_expired_nonces_leave_the_memory(clock: Clock) -> None:
    nonces = Nonces(lifetime=10.0, capacity=6400, clock=clock)
    for _ in range(500):
        nonces.use(nonces.issue(HERE), 1, "request", HERE)
    clock.now += 11
    for _ in range(100):  # as many as share a generation
        nonces.use(nonces.issue(HERE), 1, "request", HERE)
    assert len(nonces) <= 200


def test_no_length_of_time_revives_a_nonce(nonces: Nonces, clock: Clock) -> None:
    nonce = nonces.issue(HERE)
    start = clock.now
    for milliseconds in (2**31, 2**32, 2**33, 2**40):
        clock.now = start + milliseconds / 1000 + 1
        assert not nonces.is_current(nonce, HERE)


@pytest.mark.parametrize(("lifetime", "capacity"), [(0, 64), (-1, 64), (300, 63)])
def test_senseless_limits_are_refused(lifetime: float, capacity: int) -> None:
    with pytest.raises(ValueError, match="use"):
        Nonces(lifetime, capacity)
