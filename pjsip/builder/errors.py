"""What stops a build and what the reader can do about it."""


class BuildError(Exception):
    """The build cannot go on. The message names what is wrong, the value and the remedy."""
