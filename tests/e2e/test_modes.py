"""Night by code, and a caller who is greeted before a phone rings."""

from tests.e2e.carriers import Joined
from tests.e2e.conftest import HandsetFactory
from tests.e2e.test_settings_by_code import code, refused


async def test_night_by_code_and_a_greeting(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined(
        company="Berg",
        language="en",
        modes={"day": {"hours": "0:00-24:00"}, "night": "otherwise"},
        numbers={"+4930123450": {"day": "101", "night": "103", "greeting": "on"}, "+4930123451": "101"},
        extensions={
            "101": {"name": "Anna", "password": "pw-101", "rights": {"modes": True}},
            "103": {"name": "Clara", "password": "pw-103"},
        },
        departments={},
    )
    await switch.wait_event("own words prepared", within=60)
    anna, clara = await handset("101", switch), await handset("103", switch)
    assert await refused(clara, "*282") == 403
    await code(anna, "*282")
    assert (await switch.control("mode"))["modes"][0]["mode"] == "night"
    outside = await line.call_in("+4930123450")
    await outside.answered()
    greeted = await line.media.heard(0.3)
    inside = await clara.called()
    await inside.accept()
    await outside.hang_up()
    await inside.ended()
    await switch.idle()
    assert greeted.samples.size
    await code(anna, "*28")
    assert (await switch.control("mode"))["modes"][0]["mode"] == "day"
