"""What is said before a voicemail message: when it was left, and by whom."""

from datetime import datetime

from softswitch.calls.saying import Prompt, say
from softswitch.voicemail.message import Message


def envelope(message: Message, now: datetime) -> list[Prompt]:
    """When it was left, and by whom, in words. `now` has the timezone that the owner lives in."""
    left = datetime.fromtimestamp(message.at, now.tzinfo)
    days = (now.date() - left.date()).days
    day = say("today") if days <= 0 else say("yesterday") if days == 1 else say("days-ago", days=days)
    time = (
        say("at-time", hour=left.hour, minute=left.minute) if left.minute else say("at-hour", hour=left.hour)
    )
    return [day, time, say("from-number", number=message.caller) if message.caller else say("from-unknown")]
