"""The location service: look-up, change, expiry, lost connections."""

from dataclasses import replace

import pytest
from bindings import binding
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.location import Bindings, Location


class World:
    """A location service with a clock to turn and a record of its events."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.events: list[tuple[str, Bindings, Bindings]] = []
        self.location = Location(lambda *event: self.events.append(event), lambda: self.now)


@pytest.fixture
def world() -> World:
    return World()


def test_bindings_come_preferred_first(world: World) -> None:
    low, high = binding(device=1, q=0.2), binding(device=2, q=0.9)
    newer = replace(low, contact="sip:x@y", refreshed_at=1500.0)
    world.location.replace("101", (low, high, newer))
    assert world.location.bindings("101") == (high, newer, low)
    assert world.location.bindings("102") == ()
    assert world.events == [("101", (), (high, newer, low))]
    assert len(world.location) == 3


def test_no_change_is_no_event(world: World) -> None:
    world.location.replace("101", (binding(),))
    world.location.replace("101", (binding(),))
    world.location.remove("999")
    assert len(world.events) == 1


def test_an_expired_binding_is_not_found_even_before_the_sweep(world: World) -> None:
    short, long = binding(device=1, expires_at=1010.0), binding(device=2, expires_at=1020.0)
    world.location.replace("101", (short, long))
    world.now = 1010.0
    assert world.location.bindings("101") == (long,)
    assert world.location.everything() == {"101": (long,)}
    assert world.location.expire() == 1
    assert world.events[-1] == ("101", (short, long), (long,))
    assert world.location.expire() == 0
    world.now = 1020.0
    assert world.location.expire() == 1
    assert world.location.aors() == ()
    assert len(world.location) == 0
    assert world.location.next_expiry() is None


def test_a_refresh_moves_the_expiry(world: World) -> None:
    world.location.replace("101", (binding(expires_at=1010.0),))
    world.location.replace("101", (binding(expires_at=1100.0),))
    world.now = 1050.0
    assert world.location.expire() == 0
    world.location.replace("101", (binding(expires_at=1060.0),))
    world.now = 1061.0
    assert world.location.expire() == 1


def test_refreshing_for_ever_does_not_grow_the_heap(world: World) -> None:
    for _ in range(10_000):
        world.now += 1
        world.location.replace("101", (binding(expires_at=world.now + 3600),))
        world.location.expire()
    assert len(world.location._heap) <= 2


def test_a_lost_connection_marks_its_bindings_and_keeps_them(world: World) -> None:
    lost = binding(device=1, transport="tcp", connection="c1")
    other = binding(device=2, transport="tls", connection="c2")
    world.location.replace("101", (lost, other))
    assert world.location.connection_lost("c1") == 1
    states = {one.source.ip: (one.connected, one.source.connection) for one in world.location.bindings("101")}
    assert states == {"192.0.2.1": (False, ""), "192.0.2.2": (True, "c2")}
    assert len(world.events) == 2
    assert world.location.connection_lost("c1") == 0
    world.location.replace("101", (lost,))
    assert world.location.bindings("101")[0].connected, "the phone came back"


def test_a_replaced_connection_is_forgotten(world: World) -> None:
    world.location.replace("101", (binding(transport="tcp", connection="c1"),))
    world.location.replace("101", (binding(transport="tcp", connection="c2"),))
    assert world.location.connection_lost("c1") == 0
    world.location.remove("101")
    assert world.location._connections == {}


def test_restored_bindings_lack_their_connections(world: World) -> None:
    tcp, udp = binding(device=1, transport="tcp", connection="c1"), binding(device=2)
    world.location.restore({"101": (tcp, udp)})
    assert {one.source.transport: one.connected for one in world.location.bindings("101")} == {
        "tcp": False,
        "udp": True,
    }
    assert world.events == []
    world.now = 2000.0
    assert world.location.expire() == 2


def test_a_measurement_shows_without_an_event(world: World) -> None:
    one = binding()
    world.location.replace("101", (one,))
    world.location.measured("101", one.contact, 0.02)
    assert (world.location.bindings("101")[0].rtt, world.location.bindings("101")[0].answers) == (0.02, True)
    world.location.measured("101", one.contact, None)
    assert (world.location.bindings("101")[0].rtt, world.location.bindings("101")[0].answers) == (0.02, False)
    world.location.measured("999", one.contact, 1.0)
    assert len(world.events) == 1


def test_nat_shows_in_the_contact() -> None:
    assert binding().behind_nat
    assert not replace(binding(), contact="sip:101@192.0.2.1:5061").behind_nat


_steps = st.lists(
    st.tuples(
        st.sampled_from(["register", "remove", "wait", "lose"]), st.sampled_from("abc"), st.integers(1, 40)
    ),
    max_size=60,
)


@given(_steps)
def test_it_agrees_with_a_simple_model(steps: list[tuple[str, str, int]]) -> None:
    world = World()
    model: dict[str, dict[int, float]] = {}
    for action, aor, number in steps:
        if action == "wait":
            world.now += number
            world.location.expire()
        elif action == "remove":
            world.location.remove(aor)
            model.pop(aor, None)
        elif action == "lose":
            world.location.connection_lost(f"c{number % 3}")
        else:
            device = number % 3
            model.setdefault(aor, {})[device] = world.now + number
            world.location.replace(
                aor,
                [
                    binding(aor, one, expires, "tcp", f"c{one}")
                    for one, expires in model[aor].items()
                    if expires > world.now
                ],
            )
        for name in "abc":
            alive = {one: at for one, at in model.get(name, {}).items() if at > world.now}
            held = world.location.bindings(name)
            assert {one.call_id: one.expires_at for one in held} == {f"call-{k}": v for k, v in alive.items()}
        assert len(world.location) == sum(
            expires > world.now for devices in model.values() for expires in devices.values()
        )
