"""Voicemail on disk: boxes, messages, greetings. Knows nothing of calls."""
