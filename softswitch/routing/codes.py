"""Feature codes, compiled: what a dialled text asks for."""

from collections.abc import Mapping

from softswitch.config import Argument, Dialplan, Feature
from softswitch.config.feature import DIALLED, IN_CALL


class Codes:
    """One dialplan's codes. Switched-off features are not in it."""

    def __init__(self, dialplan: Dialplan) -> None:
        self.in_call: Mapping[str, Feature] = {
            code: feature
            for feature in IN_CALL
            if (code := dialplan.features.code(feature))
            and (feature is not Feature.RUN_SCENARIO or any(one.code for one in dialplan.scenarios.values()))
        }
        """Pressed during a call. Where no scenario has a code, no key is kept from the other side for it."""
        self._extensions = frozenset(dialplan.extensions)
        self._alone: dict[str, Feature] = {}
        self._with_number: dict[str, Feature] = {}
        self._numbers: dict[str, Feature] = dict.fromkeys(dialplan.parking.places, Feature.RETRIEVE)
        self._numbers.update(dict.fromkeys(dialplan.conferences, Feature.CONFERENCE))
        self._lines: dict[Feature, int | None] = {}
        if dialplan.parking.number is not None:
            self._numbers[dialplan.parking.number] = Feature.PARK
        for feature in DIALLED:
            self._add(dialplan, feature)

    def _add(self, dialplan: Dialplan, feature: Feature) -> None:
        code = dialplan.features.code(feature)
        if code is None or feature is Feature.VOICEMAIL_TO:
            return  # the boxes' own numbers begin with that one
        self._lines[feature] = dialplan.line_of(("features", feature.value))
        if feature.argument is not Argument.REQUIRED:
            self._alone[code] = feature
        if feature.argument is not Argument.NONE:
            self._with_number[code] = feature

    def find(self, dialled: str) -> tuple[Feature, str] | None:
        """The feature and what follows its code; of several codes the longest. None when it is no code."""
        if dialled in self._numbers:
            return self._numbers[dialled], dialled
        if dialled in self._alone:
            return self._alone[dialled], ""
        intercom: tuple[Feature, str] | None = None
        for length in range(len(dialled) - 1, 0, -1):
            feature, rest = self._with_number.get(dialled[:length]), dialled[length:]
            if feature is Feature.INTERCOM and rest not in self._extensions:
                intercom = feature, rest  # *80102 is a pickup (*8) of 0102 where there is no 102
            elif feature is not None and (intercom is None or rest in self._extensions):
                return feature, rest
        return intercom

    def line_of(self, feature: Feature) -> int | None:
        """The dialplan's line that gives the feature its code; None where the file is silent."""
        return self._lines.get(feature)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Plain numbers that belong to features: parking and its orbits."""
        return tuple(self._numbers)
