"""The rig: real phones, real SIP load, hand-made messages and the real switch, driven from tests.

Nothing sleeps: every wait is for an event, has a deadline, and when it fails the error shows what the
peer last said.
"""
