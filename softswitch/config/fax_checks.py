"""What only the whole dialplan shows of its fax machines."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.places import PlaceKind, Places
from softswitch.config.problems import Finding


def check_faxes(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds mail that no server takes, and numbers that listen for a fax machine and have none."""
    places = Places(dialplan)
    for outside, number in dialplan.numbers.items():
        place = places.named(number.fax) if number.fax is not None else None
        if number.fax is not None and (place is None or place.kind is not PlaceKind.FAX):
            yield Finding(
                ("numbers", outside, "fax"),
                "no fax machine of this name",
                did_you_mean(number.fax, dialplan.faxes, "add it to faxes"),
                value=number.fax,
            )
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
