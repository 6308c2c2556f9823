"""What only the whole dialplan shows of its voicemail boxes."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.direct import direct_number
from softswitch.config.feature import Feature
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.voicemail import ACCESS, Mailbox


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
    if dialplan.mail is None:
        yield from _mail_without_server(dialplan)
    elif dialplan.mail.user is not None and dialplan.mail.password is None:
        remedy = "add password: beside it"
        yield Finding(
            ("mail", "user"), "there is no password for this user", remedy, value=dialplan.mail.user
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


def _mail_without_server(dialplan: Dialplan) -> Iterator[Finding]:
    boxes: dict[tuple[str, str], Mailbox | None] = {
        ("extensions", number): one.voicemail for number, one in dialplan.extensions.items()
    }
    boxes |= {("departments", key): one.voicemail for key, one in dialplan.departments.items()}
    for path, box in boxes.items():
        if box is not None and box.email is not None:
            yield _no_server((*path, "voicemail", "email"), box.email)
    for number, person in dialplan.extensions.items():
        if person.email is not None and person.voicemail is not None:
            yield _no_server(("extensions", number, "email"), person.email)


def _no_server(path: KeyPath, address: str) -> Finding:
    remedy = "add mail: {server: HOST, sender: ADDRESS}"
    return Finding(path, "no server takes this mail", remedy, value=address)
