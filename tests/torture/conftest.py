"""What spoils by chance can be repeated."""

import os
import secrets
from collections.abc import Callable

import pytest


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    """New each time, unless SOFTSWITCH_FUZZ_SEED says which."""
    seed = int(os.environ.get("SOFTSWITCH_FUZZ_SEED") or secrets.randbelow(2**32))
    record_property("SOFTSWITCH_FUZZ_SEED", seed)
    return seed
