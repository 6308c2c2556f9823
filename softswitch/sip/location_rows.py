"""How bindings look in the location database: one JSON array per AOR, schema version 1."""

import json
from collections.abc import Mapping
from typing import Any

from softswitch.sip.location import Binding, Bindings
from softswitch.sip.source import Source


class Rows:
    """Encodes AORs for the database, each binding once: of an AOR with ten devices one changes at a time.

    It remembers the text of each binding, some 200 B, until its AOR is bound to nothing.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[Binding, str]]] = {}

    def encode(self, batch: Mapping[str, Bindings]) -> tuple[str, str]:
        """Two JSON texts: `[[aor, [binding, …]], …]` of what is bound, `[aor, …]` of what is not."""
        bound, gone = [], []
        for aor, bindings in batch.items():
            if bindings:
                bound.append(f"[{json.dumps(aor)},[{self._texts(aor, bindings)}]]")
            else:
                self._known.pop(aor, None)
                gone.append(aor)
        return f"[{','.join(bound)}]", json.dumps(gone)

    def _texts(self, aor: str, bindings: Bindings) -> str:
        known = {id(binding): text for binding, text in self._known.get(aor, ())}
        texts = [known.get(id(binding)) or json.dumps(_row(binding)) for binding in bindings]
        self._known[aor] = list(zip(bindings, texts, strict=True))
        return ",".join(texts)


def _row(binding: Binding) -> tuple[Any, ...]:
    source = binding.source
    # The connection and the listener are of this process only; a round trip is measured anew.
    return (
        binding.contact,
        source.ip,
        source.port,
        source.transport,
        source.local,
        binding.call_id,
        binding.cseq,
        binding.expires_at,
        binding.registered_at,
        binding.refreshed_at,
        binding.q,
        binding.instance,
        binding.reg_id,
        binding.user_agent,
    )


def decode(aor: str, text: str) -> Bindings:
    """The bindings of a row. Raises ValueError, TypeError or LookupError when it is no such thing."""
    return tuple(_binding(aor, row) for row in json.loads(text))


def _binding(aor: str, row: list[Any]) -> Binding:
    contact, ip, port, transport, local, call_id, cseq, expires_at, registered_at, refreshed_at = row[:10]
    q, instance, reg_id, user_agent = row[10:]
    return Binding(
        aor=aor,
        contact=str(contact),
        source=Source(str(ip), int(port), str(transport), local=str(local)),
        call_id=str(call_id),
        cseq=int(cseq),
        expires_at=float(expires_at),
        registered_at=float(registered_at),
        refreshed_at=float(refreshed_at),
        q=float(q),
        instance=str(instance),
        reg_id=None if reg_id is None else int(reg_id),
        user_agent=str(user_agent),
    )
