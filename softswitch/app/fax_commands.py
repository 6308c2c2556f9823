"""What the control socket can do with faxes."""

import asyncio
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from softswitch.api.control import Refused
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import WAITING, Fax

if TYPE_CHECKING:
    from softswitch.app.faxes import FaxParts
    from softswitch.calls.exchange import Exchange


def faxes(parts: "FaxParts", arguments: dict[str, Any]) -> dict[str, Any]:
    """Lists all faxes, or the one of `id`; `action` delete removes it. Raises Refused."""
    action, fax_id = arguments.get("action"), str(arguments.get("id") or "")
    if action not in (None, "show", "delete"):
        raise Refused(f"a fax knows no {action!r}", "say show or delete")
    if action is None:
        return {"faxes": [_shown(parts, fax) for fax in parts.store.all()]}
    found = _found(parts, fax_id)
    shown = _shown(parts, found)
    if action == "delete":
        if parts.outbox.is_sending(found):
            raise Refused(
                f"fax {found.id} is being sent", f"`softswitch hangup {found.call or 'CALL'}` first"
            )
        parts.store.delete(found)
    return {"faxes": [shown]}


async def send_fax(parts: "FaxParts", exchange: "Exchange", arguments: dict[str, Any]) -> dict[str, Any]:
    """Takes the pages that lie in the folder `handed-over` and sends them to `number`. Raises Refused."""
    number, by = str(arguments.get("number") or ""), str(arguments.get("by") or "")
    file, pages = str(arguments.get("file") or ""), arguments.get("pages")
    if not number or len(number) > 64 or not number.isprintable() or " " in number:
        raise Refused("there is no number to send to", "give it as one would dial it")
    if by and exchange.router.extension(by) is None:
        raise Refused(f"{by} is no extension", "name one of the dialplan, or leave --from out")
    place = _place(exchange, str(arguments.get("place") or ""))
    path = parts.store.handed_over / file
    if not file or "/" in file or file.startswith(".") or not path.is_file() or not isinstance(pages, int):
        raise Refused("the pages are not where they should be", "send it with `softswitch fax`")
    now = time.time()
    fax = Fax(f"{int(now * 1000):013d}-{exchange.new_id()}", place.key, WAITING, now, number, number)
    fax = Fax(**{**asdict(fax), "pages": pages, "by": by, "due": now})
    try:
        await parts.store.add(fax, path)
    except OSError as error:
        raise Refused(f"the fax cannot be kept: {error}", "check free space and rights") from error
    asyncio.get_running_loop().call_soon(parts.outbox.look)
    return {"id": fax.id, "place": place.key}


def _place(exchange: "Exchange", key: str) -> FaxPlace:
    known = exchange.router.dialplan.faxes
    if not known:
        raise Refused("the dialplan has no fax machine", "add faxes: {office: {station: NUMBER}}, and reload")
    if key and key not in known:
        raise Refused(f"there is no fax machine {key!r}", f"name one of {', '.join(known)}")
    return known[key] if key else next(iter(known.values()))


def _found(parts: "FaxParts", fax_id: str) -> Fax:
    fitting = [fax for fax in parts.store.all() if fax.id == fax_id or fax.id.endswith(f"-{fax_id}")]
    if fax_id == "last":
        fitting = list(parts.store.all()[-1:])
    if len(fitting) != 1:
        raise Refused(f"there is no fax {fax_id}", "`softswitch faxes` lists them by id")
    return fitting[0]


def _shown(parts: "FaxParts", fax: Fax) -> dict[str, Any]:
    pdf = parts.store.pdf(fax)
    return {
        **asdict(fax),
        "due": fax.due if fax.state == WAITING else None,
        "sending": parts.outbox.is_sending(fax),
        "path": str((pdf if pdf.exists() else parts.store.pages(fax)).absolute()),
    }
