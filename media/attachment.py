"""Recordings as mail carries them."""

import io
from pathlib import Path

import soundfile


def encoded(sound: Path, form: str, subtype: str) -> bytes:
    """The file as libsndfile's format and subtype. Raises OSError."""
    try:
        samples, rate = soundfile.read(sound)
        buffer = io.BytesIO()
        soundfile.write(buffer, samples, rate, format=form, subtype=subtype)
    except soundfile.LibsndfileError as error:
        raise OSError(f"cannot be encoded: {error}") from error
    return buffer.getvalue()
