"""What can be wrong with a sound, with what to do about it."""

from pathlib import Path
from typing import Any


class AudioFileError(Exception):
    """A sound file cannot be used. Carries the file, what is wrong with it and what to do about it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.problem, self.remedy)


class SpeechError(Exception):
    """A text cannot be spoken. Carries what is wrong and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.remedy)
