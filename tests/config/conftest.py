"""Hypothesis for all tests of this room: this machine is shared, so no example has a deadline."""

from hypothesis import settings

settings.register_profile("config", deadline=None)
settings.load_profile("config")
