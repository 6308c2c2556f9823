"""Who calls from outside, as his trunk says: number and name, fit to be shown and dialled."""

import re
from dataclasses import dataclass
from typing import Final

from softswitch.sip.headers import MalformedMessage, printable, split_list
from softswitch.sip.message import Request
from softswitch.sip.uri import NameAddr

ANONYMOUS: Final = "anonymous"
_LONGEST_NAME: Final = 64
_NUMBER: Final = re.compile(r"[A-Za-z0-9+*#._-]{1,32}")
# Of a number only: users such as `anna-b` keep theirs.
_SEPARATORS: Final = re.compile(r"[-.() ]+")
_DIALABLE: Final = re.compile(r"\+?[0-9*#]+")


@dataclass(frozen=True, slots=True)
class OutsideCaller:
    """`number` is `anonymous` for one who hides it; `name` may be empty."""

    number: str
    name: str


def outside_caller(request: Request) -> OutsideCaller:
    """By P-Asserted-Identity (RFC 3325), which the trunk vouches for, else by From.

    Who asks for privacy (RFC 3323, RFC 3325 §7) is anonymous to phones, whatever the trunk knows.
    Raises MalformedMessage for a From that is none.
    """
    wishes = {wish.strip().lower() for value in request.headers("privacy") for wish in value.split(";")}
    if not wishes.isdisjoint({"id", "user", "header"}):
        return OutsideCaller(ANONYMOUS, "")
    for identity in (*_asserted(request), request.from_):
        number = _number(identity)
        if number:
            return OutsideCaller(number, "" if number == ANONYMOUS else _name(identity))
    return OutsideCaller(ANONYMOUS, "")


def _asserted(request: Request) -> list[NameAddr]:
    found = []
    for value in request.headers("p-asserted-identity"):
        try:
            found += [NameAddr.parse(element) for element in split_list(value)]
        except MalformedMessage:
            continue  # From says it too
    return found


def _number(identity: NameAddr) -> str:
    user = identity.uri.user.partition(";")[0]
    bare = _SEPARATORS.sub("", user)
    number = bare if _DIALABLE.fullmatch(bare) else user
    if number.lower() == ANONYMOUS:
        return ANONYMOUS
    return number if _NUMBER.fullmatch(number) else ""


def _name(identity: NameAddr) -> str:
    return printable(identity.display).strip()[:_LONGEST_NAME].strip()


def forwarders(request: Request) -> tuple[str, ...]:
    """Who has forwarded the call before it came here, as its sender says (Diversion, RFC 5806)."""
    found = []
    for value in request.headers("diversion"):
        try:
            found += [NameAddr.parse(element).uri.user for element in split_list(value)]
        except MalformedMessage:
            continue
    return tuple(found)
