"""The running switch: its parts put together, started and stopped."""

from softswitch.app.running import run
from softswitch.app.switch import Switch

__all__ = ["Switch", "run"]
