"""PJSIP compiled for the switch: the shared libraries, and `_tap`, the C that pjsua2 does not offer.

`pjsua2`, the SWIG binding that comes in the same wheel, uses the libraries in this folder.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def about() -> dict[str, Any]:
    """How the libraries were made: pjproject's version, its source's SHA-256, configure flags, compilers."""
    made: dict[str, Any] = json.loads((FOLDER / "about.json").read_text("utf-8"))
    return made


def library(name: str) -> Path:
    """Path of a bundled library, for instance `library("pjsua")`; FileNotFoundError if there is none."""
    found = sorted(FOLDER.glob(f"lib{name}.so.*"))
    if not found:
        raise FileNotFoundError(f"lib{name}.so is not among PJSIP's libraries in {FOLDER}")
    return found[0]
