"""Codes of which one begins with another."""

from pathlib import Path

import pytest

from softswitch.config import Argument, Feature, load_text
from softswitch.config.feature import Where
from softswitch.routing.codes import Codes

HEAD = "domain: office.example\nextensions:\n"


def codes(*numbers: str) -> Codes:
    rows = "".join(f'  "{number}": {{password: k7mp-x3wq-9fht}}\n' for number in numbers)
    return Codes(load_text(HEAD + rows, Path("/nowhere/office.yaml"), {}))


def test_intercom_is_taken_where_an_extension_follows() -> None:
    assert codes("101", "102").find("*80102") == (Feature.INTERCOM, "102")
    assert codes("101", "0102").find("*80102") == (Feature.PICKUP, "0102")
    assert codes("102", "0102").find("*80102") == (Feature.INTERCOM, "102")
    assert codes("101").find("*80999") == (Feature.INTERCOM, "999")


CODED = [feature for feature in Feature if feature.code]


def found(features: dict[str, str]) -> tuple[Codes, dict[str, Feature]]:
    """The codes of a dialplan with those settings: dialled, and pressed in a call."""
    lines = "".join(f'  {key}: "{value}"\n' for key, value in features.items())
    text = f"""\
domain: office.example
extensions: {{101: {{name: Anna, password: geheimnis-1}}}}
scenarios: {{sale: {{code: 9, steps: {{bye: {{hang_up: busy}}}}}}}}
features:
{lines}"""
    compiled = Codes(load_text(text, Path("/nowhere/office.yaml"), {}))
    return compiled, dict(compiled.in_call)


@pytest.mark.parametrize("feature", CODED, ids=lambda feature: feature.value)
def test_each_code_is_changed_or_switched_off(feature: Feature) -> None:
    """Under its new code alone, or under none."""
    follows = "101" if feature.argument is not Argument.NONE else ""
    changed, in_call = found({feature.value: "*9999"})
    off, in_call_off = found({feature.value: "off"})
    if feature.where is Where.IN_CALL:
        assert in_call["*9999"] is feature
        assert feature not in in_call_off.values()
    elif feature is not Feature.VOICEMAIL_TO:  # the boxes' own numbers begin with that one: see places
        assert changed.find(f"*9999{follows}") == (feature, follows)
        assert (changed.find(feature.code + follows) or (None,))[0] is not feature
        assert (off.find(feature.code + follows) or (None,))[0] is not feature
