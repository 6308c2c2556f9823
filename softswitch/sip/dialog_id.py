"""What names a dialog (RFC 3261 §12), and the header that asks to take one over (RFC 3891)."""

from dataclasses import dataclass, field

from softswitch.sip.headers import TOKEN, MalformedMessage, parse_params


@dataclass(frozen=True, slots=True)
class DialogId:
    """A dialog as one of its two parties names it: here always we."""

    call_id: str
    local_tag: str
    remote_tag: str
    early_only: bool = field(default=False, compare=False)
    """Of a dialog named by Replaces: it may be taken over only while it is not answered (RFC 3891 §4)."""

    @classmethod
    def of_replaces(cls, value: str) -> "DialogId":
        """The dialog of a Replaces value (RFC 3891 §6.1), named as its receiver does: `to-tag` is ours.

        Raises MalformedMessage.
        """
        call_id, _, params = value.partition(";")
        call_id = call_id.strip()
        if not call_id or any(character.isspace() or character == "," for character in call_id):
            raise MalformedMessage("Replaces names no Call-ID")
        tags: dict[str, str] = {}
        early_only = False
        for name, text in parse_params(f";{params}"):
            if name in ("to-tag", "from-tag"):
                if name in tags or text is None or not TOKEN.fullmatch(text):
                    raise MalformedMessage(f"Replaces needs one {name}")
                tags[name] = text
            elif name == "early-only":
                early_only = True
        if len(tags) != 2:
            raise MalformedMessage("Replaces needs a to-tag and a from-tag")
        return cls(call_id, tags["to-tag"], tags["from-tag"], early_only)

    def __str__(self) -> str:
        """The Replaces value for the other party of the dialog."""
        early = ";early-only" if self.early_only else ""
        return f"{self.call_id};to-tag={self.remote_tag};from-tag={self.local_tag}{early}"
