"""What can go wrong below call control, each kind once.

SipError
 ├─ EngineFailure        PJSIP refused something; its words are in the message
 │   ├─ OutOfResources   no free leg, port, descriptor or memory: it passes, answer 503
 │   └─ BadAddress       a URI that PJSIP cannot parse or reach
 ├─ LegEnded             an operation on a leg that is over: mostly a race, mostly harmless
 └─ IllegalTransition    an event that the leg's state does not allow: a fault of ours
"""

import errno

# pj/errno.h and sip_errno.h; pjsua2 exports only some of them.
_PJ_STATUS = 70000
_PJ_ENOMEM, _PJ_ETOOMANY, _PJ_EBUSY = _PJ_STATUS + 7, _PJ_STATUS + 10, _PJ_STATUS + 11
_PJ_EINVAL, _PJ_EINVALIDOP, _PJ_EGONE = _PJ_STATUS + 4, _PJ_STATUS + 13, _PJ_STATUS + 16
_PJ_SYSTEM = 120000
_PJSIP = 171000
_SESSION_TERMINATED = _PJSIP + 140
_URI_ERRORS = range(_PJSIP + 20, _PJSIP + 60)

_RESOURCES = {_PJ_ENOMEM, _PJ_ETOOMANY, _PJ_EBUSY} | {
    _PJ_SYSTEM + number
    for number in (errno.EMFILE, errno.ENFILE, errno.EADDRINUSE, errno.ENOBUFS, errno.ENOMEM)
}
_ENDED = {_PJ_EINVAL, _PJ_EINVALIDOP, _PJ_EGONE, _SESSION_TERMINATED}


class SipError(Exception):
    """Anything that goes wrong below call control."""


class EngineFailure(SipError):  # noqa: N818 - names what happened
    """PJSIP refused an operation."""

    def __init__(self, what: str, status: int, text: str) -> None:
        super().__init__(f"{what}: {text} (PJSIP status {status})")
        self.status = status


class OutOfResources(EngineFailure):
    """No free leg, RTP port, descriptor or memory."""


class BadAddress(EngineFailure):
    """The URI cannot be used."""


class LegEnded(SipError):  # noqa: N818 - names what is the case
    """The leg is over."""


class IllegalTransition(SipError):  # noqa: N818 - names what happened
    """A leg was told to enter a state that its present one does not lead to."""


def error_for(what: str, status: int, text: str) -> SipError:
    """The one place where PJSIP's numbers become our exceptions."""
    if status in _RESOURCES:
        return OutOfResources(what, status, text)
    if status in _ENDED:
        return LegEnded(f"{what}: {text}")
    if status in _URI_ERRORS:
        return BadAddress(what, status, text)
    return EngineFailure(what, status, text)


def os_error(what: str, error: OSError) -> SipError:
    """The operating system's refusal, as PJSIP would have said it."""
    return error_for(what, _PJ_SYSTEM + (error.errno or 0), error.strerror or str(error))
