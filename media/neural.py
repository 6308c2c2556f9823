"""`python -m media.neural FOLDER`: speaks the lines of standard input into FOLDER/0.wav, 1.wav, …

A process of its own, so that the model's 150 MB and its computing stay out of the switch.
"""

import os
import sys
from pathlib import Path

import soundfile

_NICENESS = 10
"""Calls go first: a tenth of a busy core is left to it."""


def main(folder: Path) -> None:
    """Speaks until the input ends. The same text always gives the same sound."""
    import hibari

    os.nice(_NICENESS)
    speak = hibari.Hibari()
    for number, text in enumerate(sys.stdin.read().splitlines()):
        soundfile.write(folder / f"{number}.wav", speak(text, seed=0), speak.sample_rate)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
