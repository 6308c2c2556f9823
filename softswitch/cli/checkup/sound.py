"""Sound files that callers hear."""

from collections.abc import Iterator

from softswitch.cli.checkup.finding import Finding, error, good
from softswitch.config import Dialplan

SUBJECT = "sound"


def look_at_sound(dialplan: Dialplan) -> Iterator[Finding]:
    """Music on hold. Nothing in this version of the dialplan plays other prompts."""
    file = dialplan.music_on_hold
    if file is None:
        yield good(SUBJECT, "music on hold is the built-in one; the dialplan plays no other prompts")
        return
    import soundfile

    try:
        facts = soundfile.info(str(file))
    except (OSError, RuntimeError) as reason:
        yield error(
            SUBJECT,
            f"music on hold, {file}, cannot be played: {reason}",
            "the switch does not start without it",
            "convert it to WAV (16-bit PCM)",
        )
        return
    yield good(SUBJECT, f"music on hold is {file}, {facts.duration:.0f} s")
