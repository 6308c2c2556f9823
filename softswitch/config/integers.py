"""Whole numbers that remember how they were written: a telephone number needs its zeros, not its value."""


class WrittenInt(int):
    """An integer of the file with its source text, so that `0101` can still become the number 0101."""

    text: str

    @classmethod
    def of(cls, text: str, base: int = 10) -> "WrittenInt":
        """The integer that `text` stands for."""
        found = cls(int(text, base))
        found.text = text
        return found

    def __str__(self) -> str:
        return self.text


def as_written(value: object) -> object:
    """An integer as the text that stood in the file, anything else as it is."""
    if isinstance(value, WrittenInt):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
