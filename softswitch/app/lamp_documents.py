"""What lamps are told, in XML: dialog-info (RFC 4235) and presence (RFC 3863, RFC 4480)."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from softswitch.calls.line_states import Line, LineState
from softswitch.sip.headers import printable

_DIALOG: Final = "urn:ietf:params:xml:ns:dialog-info"
_PIDF: Final = "urn:ietf:params:xml:ns:pidf"
_NAMESPACES: Final = {
    "xmlns": _PIDF,
    "xmlns:dm": "urn:ietf:params:xml:ns:pidf:data-model",
    "xmlns:rpid": "urn:ietf:params:xml:ns:pidf:rpid",
}
_NOTES: Final = {
    None: "Ready",
    LineState.TRYING: "Ringing",
    LineState.EARLY: "Ringing",
    LineState.CONFIRMED: "On the phone",
}


def dialog_info(
    user: str, domain: str, lines: Sequence[Line], state: LineState | None, *, knows: bool
) -> bytes:
    """The full state of one user: each of its calls, or one dialog that stands for a lamp that is lit.

    `knows`: with whom, and what names the dialog for Replaces, as its other side sees it: that is we.
    """
    entity = f"sip:{user}@{domain}"
    about = {"xmlns": _DIALOG, "version": "0", "state": "full", "entity": entity}
    root = Element("dialog-info", about)
    for line in lines:
        _dialog(root, user, domain, line, knows=knows)
    if not lines:
        dialog = SubElement(root, "dialog", {"id": user})
        SubElement(dialog, "state").text = state.value if state is not None else "terminated"
    return _written(root)


def numbered(document: bytes, version: int) -> bytes:
    """A document of `dialog_info` as that version: all are told the same, and count each for himself."""
    return document.replace(b'version="0" state=', b'version="%d" state=' % version, 1)


def _dialog(root: Element, user: str, domain: str, line: Line, *, knows: bool) -> None:
    about = {"id": f"leg-{line.leg.token}", "direction": "initiator" if line.calls else "recipient"}
    dialog_id = line.leg.dialog if knows else None
    if dialog_id is not None:
        about |= {
            "call-id": printable(dialog_id.call_id),
            "local-tag": printable(dialog_id.local_tag),
            "remote-tag": printable(dialog_id.remote_tag),
        }
    dialog = SubElement(root, "dialog", about)
    SubElement(dialog, "state").text = line.state.value
    local = SubElement(dialog, "local")
    own = f"sip:{user}@{domain}"
    SubElement(local, "identity").text = own
    target = SubElement(local, "target", {"uri": own})
    if line.held:  # RFC 4235 section 4.1.6, RFC 5359: it does not listen
        SubElement(target, "param", {"pname": "+sip.rendering", "pval": "no"})
    if knows:
        number = printable(line.number) or "anonymous"
        uri = f"sip:{number}@{domain}"
        remote = SubElement(dialog, "remote")
        shown = {"display": printable(line.name)} if line.name else {}
        SubElement(remote, "identity", shown).text = uri
        SubElement(remote, "target", {"uri": uri})


def presence(user: str, domain: str, reachable: bool, state: LineState | None, undisturbed: bool) -> bytes:
    """Whether somebody is there, and what he does."""
    root = Element("presence", {**_NAMESPACES, "entity": f"sip:{user}@{domain}"})
    tuple_ = SubElement(root, "tuple", {"id": "phone"})
    status = SubElement(tuple_, "status")
    SubElement(status, "basic").text = "open" if reachable else "closed"
    note = _NOTES[state] if state is not None or not undisturbed else "Do not disturb"
    SubElement(root, "note").text = note if reachable else "Not registered"
    person = SubElement(root, "dm:person", {"id": "person"})
    activities = SubElement(person, "rpid:activities")
    if state is LineState.CONFIRMED:
        SubElement(activities, "rpid:on-the-phone")
    elif undisturbed:
        SubElement(activities, "rpid:busy")
    return _written(root)


def _written(root: Element) -> bytes:
    # Names are written as phones with a simple reader want them: the main one without a prefix.
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written
