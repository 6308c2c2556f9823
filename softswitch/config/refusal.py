"""How a value's parser says no."""

from pydantic_core import PydanticCustomError

# The error type by which `messages` knows that message and remedy are ours already.
REFUSED = "refused"


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """An error to raise inside a pydantic validator, carrying our own words to the operator."""
    return PydanticCustomError(REFUSED, "{message}; {remedy}", {"message": message, "remedy": remedy})
