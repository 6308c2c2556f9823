"""Whether the way out by pin is used by somebody, and not by everybody."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.disa import DISA, SHORTEST_GOOD_PIN
from softswitch.config.problems import Finding, Severity


def check_disa(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds a way out that nobody may use or comes to, pins without it, and pins that are soon guessed."""
    with_pin = {
        number: one.disa_pin for number, one in dialplan.extensions.items() if one.disa_pin is not None
    }
    if dialplan.disa is not None and not with_pin:
        yield Finding(
            (DISA,),
            "no extension has a pin for it",
            "add disa_pin to an extension, or delete disa",
            at_key=True,
        )
    for number, pin in with_pin.items():
        path = ("extensions", number, "disa_pin")
        text = pin.get_secret_value()
        if dialplan.disa is None:
            yield Finding(path, "there is no disa in the file", "add disa: {}", severity=Severity.WARNING)
        elif number in text or len(set(text)) == 1:
            yield Finding(path, "the pin is the number of the extension, or one digit", "choose another one")
        elif len(text) < SHORTEST_GOOD_PIN:
            yield Finding(
                path,
                f"the pin is shorter than {SHORTEST_GOOD_PIN} digits",
                "who guesses it calls at your cost: write a longer one",
                severity=Severity.WARNING,
            )
