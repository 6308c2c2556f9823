"""The dialplan file: reading it, saying what is wrong with it, comparing two, describing its format."""

from softswitch.config.changes import Changes, ExtensionChange, SettingChange, compare
from softswitch.config.dialplan import Dialplan
from softswitch.config.durations import format_duration, parse_duration
from softswitch.config.extension import Extension, Srtp
from softswitch.config.feature import Argument, Feature
from softswitch.config.listeners import Listener, Transport
from softswitch.config.loader import load, load_text
from softswitch.config.ports import PortRange
from softswitch.config.problems import DialplanError, Problem, Severity
from softswitch.config.scaffold import random_password, scaffold
from softswitch.config.schema import json_schema
from softswitch.config.settings import Algorithm, Audio, Calls, Codec, Log, Registration, Rtp
from softswitch.config.tls import Tls
from softswitch.config.trunk import Line, Trunk

__all__ = [
    "Algorithm",
    "Argument",
    "Audio",
    "Calls",
    "Changes",
    "Codec",
    "Dialplan",
    "DialplanError",
    "Extension",
    "ExtensionChange",
    "Feature",
    "Line",
    "Listener",
    "Log",
    "PortRange",
    "Problem",
    "Registration",
    "Rtp",
    "SettingChange",
    "Severity",
    "Srtp",
    "Tls",
    "Transport",
    "Trunk",
    "compare",
    "format_duration",
    "json_schema",
    "load",
    "load_text",
    "parse_duration",
    "random_password",
    "scaffold",
]
