"""Commands that look into a dialplan file by themselves."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from softswitch.cli.failure import Failure

if TYPE_CHECKING:
    from softswitch.config import Dialplan


def loaded(file: Path, instead_of: Path | None = None) -> "Dialplan":
    """The dialplan; `instead_of` another file, in whose folder its paths begin. Raises Failure."""
    from softswitch.config import DialplanError, load, load_text

    try:
        if instead_of is None:
            return load(file)
        return load_text(file.read_text("utf-8-sig"), instead_of.absolute().parent / file.name)
    except (OSError, ValueError) as error:
        raise Failure(f"{file} cannot be read: {error}", "name a dialplan") from None
    except DialplanError as error:
        raise Failure(
            f"{file} has errors", "see `softswitch check`", details=tuple(map(str, error.problems))
        ) from None


def moment(dialplan: "Dialplan", text: str | None) -> float:
    """What was said, by the dialplan's clock; now if nothing was. Raises Failure."""
    from softswitch.config.moments import REMEDY, parse_moment

    now = time.time()
    if text is None:
        return now
    try:
        return parse_moment(text, dialplan.timezone, now)
    except ValueError as error:
        raise Failure(str(error), REMEDY) from None
