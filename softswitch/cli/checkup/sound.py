"""Sound files that callers hear, and who speaks the prompts."""

import shutil
from collections.abc import Iterator

from softswitch.cli.checkup.finding import Finding, good, warning
from softswitch.config import Dialplan

SUBJECT = "sound"
SPEAKER = "espeak-ng"


def look_at_sound(dialplan: Dialplan) -> Iterator[Finding]:
    """The speaker of the prompts, and the music. Whether its files can be read, the dialplan's checks say."""
    if shutil.which(SPEAKER) is None:
        yield warning(
            SUBJECT,
            f"there is no program {SPEAKER}",
            "prompts in other languages than English are not spoken",
            f"install the package {SPEAKER}",
        )
    names = ", ".join(sorted(dialplan.music))
    yield good(SUBJECT, f"music: {names}" if names else "music on hold is the built-in one")
