"""Whether a leg's sound is to be encrypted."""

from typing import Final

from softswitch.config import Extension

_TOWARDS: Final = {"off": "off", "accept": "off", "offer": "optional", "require": "required"}


def srtp_towards(extension: Extension | None) -> str:
    """What the engine offers to its phones: off, optional or required."""
    return _TOWARDS[extension.srtp if extension else "off"]
