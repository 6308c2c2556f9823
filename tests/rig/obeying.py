"""The switch with a call control that answers every REFER at once: `python -m tests.rig.obeying run FILE`.

What it is asked it logs as `referred`. Towards `show` it shows Clara on the leg that asked, and always tells
of 180 and 200. Everything else is the real command.
"""

import sys

import structlog

from softswitch.cli.main import main
from softswitch.sip.engine import Engine
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent, Referred

COMMAND = (sys.executable, "-m", "tests.rig.obeying")
CLARA = '"Clara" <sip:103@office.example>'
log = structlog.get_logger("softswitch.obeying")


def _obey() -> None:
    deliver = Engine._deliver

    def obeying(engine: Engine, leg: Leg, event: LegEvent) -> None:
        if not isinstance(event, Referred):
            deliver(engine, leg, event)
            return
        found = engine.leg_of(event.replaces) if event.replaces else None
        log.info(
            "referred",
            target=event.target,
            uri=str(event.uri),
            replaces=str(event.replaces),
            found=found.call_id if found else "",
            by=event.referred_by,
        )
        if event.target == "show":
            leg.show(CLARA)
        leg.tell_progress(180, "Ringing")
        leg.tell_progress(200, "OK")

    Engine._deliver = obeying  # type: ignore[method-assign]


if __name__ == "__main__":
    _obey()
    main()
