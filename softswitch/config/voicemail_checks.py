"""What only the whole dialplan shows of its voicemail boxes."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.direct import direct_number
from softswitch.config.feature import Feature
from softswitch.config.problems import Finding, Severity
from softswitch.config.voicemail import ACCESS


def check_voicemail(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds boxes that the direct code does not reach, and names that mean voicemail already."""
    code = dialplan.features.code(Feature.VOICEMAIL_TO)
    for number, extension in dialplan.extensions.items():
        if code and extension.voicemail is not None and direct_number(dialplan, number) is None:
            yield Finding(
                ("extensions", number, "voicemail"),
                f"{code}{number} is another code, so no message can be left here directly",
                "set another code for voicemail_to in features; calls come here all the same",
                severity=Severity.WARNING,
                at_key=True,
            )
    for key in dialplan.departments:
        if key == ACCESS or key.startswith(f"{ACCESS} "):
            yield Finding(
                ("departments", key),
                "this name means voicemail",
                "choose another name",
                value=key,
                at_key=True,
            )
