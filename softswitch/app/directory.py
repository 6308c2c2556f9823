"""The extensions as the registrar sees them: hashed passwords, made when the dialplan is loaded."""

from typing import Final

from softswitch.config import Dialplan
from softswitch.sip.authenticator import Extension
from softswitch.sip.digest import Algorithm, HashedPassword

_SRTP: Final = {"off": "off", "accept": "optional", "offer": "optional", "require": "required"}


class Directory:
    """Look-ups by number. A reload makes a new one. Hashing takes its time: not to be made on the loop."""

    def __init__(self, dialplan: Dialplan) -> None:
        algorithms = [Algorithm.of(name) for name in dialplan.registration.algorithms]
        known = [algorithm for algorithm in algorithms if algorithm is not None]
        self._extensions: dict[str, Extension] = {
            number: Extension(
                number,
                HashedPassword.of(number, dialplan.realm, extension.password.get_secret_value(), known),
                extension.devices,
                frozenset(extension.transports),
            )
            for number, extension in dialplan.extensions.items()
        }
        self._srtp: dict[str, str] = {
            number: _SRTP[extension.srtp] for number, extension in dialplan.extensions.items()
        }

    def find(self, number: str) -> Extension | None:
        """The extension of that number, or None."""
        return self._extensions.get(number)

    def srtp(self, number: str) -> str:
        """How its calls to us may be encrypted: off, optional or required."""
        return self._srtp.get(number, "off")
