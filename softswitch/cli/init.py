"""`softswitch init`: a first dialplan, and what to type into the phones."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softswitch.cli.addresses import own_address
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table

if TYPE_CHECKING:
    from softswitch.config import Dialplan

OWNER_ONLY = 0o600


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write.")] = Path("dialplan.yaml"),
    extensions: Annotated[int, typer.Option("--extensions", "-n", help="How many extensions.")] = 10,
    domain: Annotated[
        str, typer.Option(help="Host part of their addresses. Default: this machine's address.")
    ] = "",
    first: Annotated[str, typer.Option(help="The first extension's number.")] = "101",
    language: Annotated[str, typer.Option(help="Language of prompts, a BCP 47 tag.")] = "en",
    timezone: Annotated[str, typer.Option(help="IANA timezone, such as Europe/Berlin.")] = "UTC",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Write a fresh dialplan with random passwords.

    Prints what to type into each phone.
    """
    from softswitch.config import load_text, scaffold

    if file.exists() and not force:
        raise Failure(f"{file} is there already", "name another file, or overwrite it with --force")
    address = own_address()
    try:
        text = scaffold(extensions, domain or address, first, language=language, timezone=timezone)
    except ValueError as error:
        raise Failure(f"no dialplan was written: {error}") from None
    _write(file, text, force)
    dialplan = load_text(text, file, {})
    if json:
        print_json({"file": str(file), "phones": _phones(dialplan)})
    else:
        _show(file, dialplan, address)


def _write(file: Path, text: str, force: bool) -> None:
    """Writes it whole, for its owner only. Never over a file that is there, unless forced."""
    target = file.with_name(f".{file.name}.{secrets.token_hex(4)}") if force else file
    written = False
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
            if force:
                target.replace(file)
            written = True
        finally:
            if not written:
                target.unlink()
    except FileExistsError:
        raise Failure(f"{file} is there already", "name another file, or overwrite it with --force") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failure(
            f"{file} cannot be written: {reason}", "name a file in a folder that is yours"
        ) from None


def _phones(dialplan: "Dialplan") -> list[dict[str, Any]]:
    """What each phone needs. Here, and nowhere else, passwords are shown."""
    listener = dialplan.listen[0]
    transports = sorted({one.transport for one in dialplan.listen}, reverse=True)
    return [
        {
            "server": dialplan.domain,
            "port": listener.port,
            "user": number,
            "password": extension.password.get_secret_value(),
            "transports": [one for one in transports if one in extension.transports],
        }
        for number, extension in dialplan.extensions.items()
    ]


def _show(file: Path, dialplan: "Dialplan", address: str) -> None:
    console = stdout()
    console.print(
        f"{safe(str(file))} is written, readable for you only. Type into the phones:\n", soft_wrap=True
    )
    rows = table("Server", "Port", "User", "Password", "Transport", right=("Port",))
    for phone in _phones(dialplan):
        transports = " or ".join(one.upper() for one in phone["transports"])
        rows.add_row(phone["server"], str(phone["port"]), phone["user"], phone["password"], transports)
    console.print(rows)
    if dialplan.domain.strip("[]") != address:
        console.print(
            f"\nA phone that cannot find {dialplan.domain} by DNS needs this machine's address, {address}, "
            "as its outbound proxy."
        )
    console.print(f"\nNext: softswitch run {safe(str(file))}", style="bold", soft_wrap=True)
