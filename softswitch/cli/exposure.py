"""`softswitch exposure`: every way from outside to what costs money. Needs no running switch."""

from dataclasses import asdict

from softswitch.cli.loading import loaded
from softswitch.cli.options import Dialplan, Json
from softswitch.cli.screen import print_json, safe, stdout, table


def exposure(file: Dialplan, json: Json = False) -> None:
    """List every way by which a call from outside can come to a number outside, and who lets it."""
    from softswitch.routing.exposure import exposures

    found = list(exposures(loaded(file)))
    if json:
        print_json({"exposed": [asdict(one) for one in found]})
        return
    console = stdout()
    if not found:
        console.print("No call from outside can be led outside again.")
        return
    rows = table("How", "Who", "To", "Callers of", "Line", right=("Line",))
    for one in found:
        numbers = ", ".join(one.came_by) or "inside only"
        rows.add_row(safe(one.how), safe(one.who), safe(one.where), safe(numbers), str(one.line or ""))
    console.print(rows)
