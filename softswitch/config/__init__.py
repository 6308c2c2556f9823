"""The dialplan file: reading it, saying what is wrong with it, comparing two, describing its format."""

from softswitch.config.dialplan import Dialplan
from softswitch.config.durations import format_duration, parse_duration
from softswitch.config.extension import Extension, Srtp
from softswitch.config.listeners import Listener, Transport
from softswitch.config.loader import load, load_text
from softswitch.config.ports import PortRange
from softswitch.config.problems import DialplanError, Problem, Severity
from softswitch.config.settings import Algorithm, Audio, Calls, Codec, Log, Registration, Rtp
from softswitch.config.tls import Tls

__all__ = [
    "Algorithm",
    "Audio",
    "Calls",
    "Codec",
    "Dialplan",
    "DialplanError",
    "Extension",
    "Listener",
    "Log",
    "PortRange",
    "Problem",
    "Registration",
    "Rtp",
    "Severity",
    "Srtp",
    "Tls",
    "Transport",
    "format_duration",
    "load",
    "load_text",
    "parse_duration",
]
