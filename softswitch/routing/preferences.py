"""What a user has set by code on his own phone. It goes before what the dialplan says about him."""

from dataclasses import dataclass

NOWHERE = ""
"""A forwarding that the user has taken back, though the dialplan has one."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Of one extension. None is not set: then the dialplan's holds."""

    do_not_disturb: bool | None = None
    forward_always: str | None = None
    """Where calls go, as he dialled it; empty for nowhere. So are the next two."""
    forward_busy: str | None = None
    forward_no_answer: str | None = None
    blocked: tuple[str, ...] = ()
    """Numbers whose calls he does not take, beside the dialplan's."""
    reject_anonymous: bool | None = None


NONE_SET = Preferences()
"""Of somebody who has set nothing."""
