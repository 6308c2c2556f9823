"""Any legal sequence of features: afterwards nothing is left over, and every call has its end.

Some hundred here; `python -m benchmarks any_sequence` draws two thousand, and looks at the memory too.
"""

import pytest

from tests.conftest import SwitchFactory
from tests.rig.ports import new_address
from tests.rig.soak.beginnings import BEGINNINGS
from tests.rig.soak.doings import DOINGS
from tests.rig.soak.office import plan
from tests.rig.soak.run import soak

SEQUENCES = 125


@pytest.mark.timeout(400)
async def test_nothing_is_left_over(switch_factory: SwitchFactory) -> None:
    address = new_address()
    switch = await switch_factory(plan=plan(address), address=address)
    found = await soak(switch, SEQUENCES, patient=False)
    in_the_middle, at_the_end = found.descriptors
    assert at_the_end <= in_the_middle, "no leg, port or file is left over"
    assert (found.without_end, found.ended_twice, found.unfinished) == (0, 0, 0)
    assert found.calls >= SEQUENCES
    assert {op.__name__ for op in (*BEGINNINGS, *DOINGS)} <= set(found.done), "everything was done"
    memory, memory_at_the_end = found.memory
    # Fragments come to a tenth and then to no more; a leg that stayed in every tenth call would double it.
    assert memory_at_the_end < memory * 1.25, "memory of the second half, beside the first one's"
