"""The numbers that lead straight into a voicemail box: a code, and the number whose box it is."""

from softswitch.config.dialplan import Dialplan
from softswitch.config.feature import DIALLED, Argument, Feature


def direct_number(dialplan: Dialplan, number: str) -> str | None:
    """What is dialled to leave a message there; None when the code is off, or this one means another thing.

    `*72` forwards calls, whoever has the extension 72, and `*801` answers what rings at 01 if there is one.
    """
    prefix = dialplan.features.code(Feature.VOICEMAIL_TO)
    if prefix is None:
        return None
    direct = prefix + number
    for feature in DIALLED:
        code = dialplan.features.code(feature)
        if code is None or feature is Feature.VOICEMAIL_TO:
            continue
        rest = direct.removeprefix(code) if direct.startswith(code) else None
        if rest == "" or (rest and feature.argument is not Argument.NONE and _is_somebody(dialplan, rest)):
            return None
    return direct


def _is_somebody(dialplan: Dialplan, number: str) -> bool:
    return number in dialplan.extensions or any(
        department.number == number for department in dialplan.departments.values()
    )
