"""The texts that callers hear, one file a language; README.md says how to replace them."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the texts are that come along."""
