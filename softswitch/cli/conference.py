"""`softswitch conference`: who is in which room; mute, remove, lock."""

from typing import Annotated

import typer

from softswitch.cli.answers import Room, Rooms, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import clock


def conference(
    action: Annotated[
        str | None,
        typer.Argument(
            metavar="[ACTION]", help="mute, unmute, kick, lock, unlock or end.", show_default=False
        ),
    ] = None,
    room: Annotated[
        str | None, typer.Argument(metavar="[ROOM]", help="The room's number.", show_default=False)
    ] = None,
    member: Annotated[
        str | None,
        typer.Argument(metavar="[PARTY]", help="A party's number, or its call.", show_default=False),
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """List the conferences and who is in them; mute, unmute or kick a party; lock, unlock or end a room."""
    answer = ask(state, dialplan, "conference", action=action, room=room, member=member)
    if json:
        print_json(answer)
        return
    console = stdout()
    rooms = read(Rooms, answer).rooms
    if not rooms:
        console.print("Nobody is in a conference.")
        return
    rows = table("Room", "Since", "No.", "Party", "Name", "State")
    for one in rooms:
        for index, party in enumerate(one.members):
            words = [
                word
                for word, is_so in (
                    ("moderator", party.moderator),
                    ("muted", party.muted),
                    ("on hold", party.on_hold),
                )
                if is_so
            ]
            first = index == 0
            rows.add_row(
                _title(one) if first else "",
                clock(one.started_at) if first else "",
                str(party.place),
                safe(party.number),
                safe(party.name),
                ", ".join(words),
            )
    console.print(rows)


def _title(room: Room) -> str:
    words = [safe(room.number)]
    words += ["locked"] if room.locked else []
    words += ["recorded"] if room.recorded else []
    return ", ".join(words)
