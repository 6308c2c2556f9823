"""The running switch: its parts put together, started and stopped."""
