"""Wrong pins are counted, by caller, by extension and all together, and a lock comes to an end."""

from softswitch.calls.disa_guard import ALL, DisaGuard
from softswitch.config.disa import Disa

LIMITS = Disa(lock_after=3, lock_all_after=6, within=600.0, lock_for=100.0)
A, B = "the caller +49", "the extension 101"


def test_one_caller_is_locked_and_no_other() -> None:
    guard = DisaGuard()
    assert guard.wrong("+49", "101", 0, LIMITS) == ()
    assert guard.wrong("+49", "102", 1, LIMITS) == ()
    assert guard.locked("+49", "", 1) is None
    assert guard.wrong("+49", "103", 2, LIMITS) == (A,)
    assert guard.locked("+49", "", 101) == A
    assert guard.locked("+44", "101", 3) is None
    assert guard.locked("+49", "", 102) is None


def test_one_extension_is_locked_whoever_calls() -> None:
    guard = DisaGuard()
    told = [guard.wrong(f"+49{number}", "101", 0, LIMITS) for number in range(3)]
    assert told == [(), (), (B,)]
    assert guard.locked("+44", "101", 1) == B
    assert guard.locked("+44", "102", 1) is None
    assert guard.locked("+44", "", 1) is None


def test_many_callers_lock_it_for_everybody() -> None:
    guard = DisaGuard()
    told = [guard.wrong(f"+49{number}", "", 0, LIMITS) for number in range(6)]
    assert told[-1] == (ALL,)
    assert guard.locked("+1", "", 99) == ALL
    assert guard.locked("+1", "", 100) is None


def test_old_mistakes_and_those_before_the_right_pin_do_not_count() -> None:
    guard = DisaGuard()
    guard.wrong("+49", "101", 0, LIMITS)
    guard.wrong("+49", "101", 1, LIMITS)
    guard.right("+49", "101")
    assert guard.wrong("+49", "101", 2, LIMITS) == ()
    assert guard.wrong("+49", "101", 3, LIMITS) == ()
    assert guard.wrong("+49", "101", 603, LIMITS) == ()


def test_hidden_numbers_are_one_caller() -> None:
    guard = DisaGuard()
    for now in range(3):
        guard.wrong("", "", now, LIMITS)
    assert guard.locked("", "", 4) == "the caller without a number"
