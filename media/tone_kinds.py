"""The tones that there are, by name."""

from typing import Literal

ProgressTone = Literal["dial", "ringback", "busy", "congestion"]
Tone = Literal["dial", "ringback", "busy", "congestion", "intrusion", "enter", "leave"]
"""Progress tones, and those that tell of somebody who listens, comes into a conference or leaves it."""
