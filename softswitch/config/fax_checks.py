"""What only the whole dialplan shows of its fax machines."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.problems import Finding


def check_faxes(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds mail that no server takes, and faxes that nobody would ever see."""
    for key, fax in dialplan.faxes.items():
        if fax.email and dialplan.mail is None:
            yield Finding(
                ("faxes", key, "email"),
                "no server takes this mail",
                "add mail: {server: HOST, sender: ADDRESS}",
                value=fax.email[0],
            )
        if fax.delete_after_mail and not fax.email:
            yield Finding(
                ("faxes", key, "delete_after_mail"),
                "no mail is sent from here",
                "add email: ADDRESS, or delete this line",
            )
