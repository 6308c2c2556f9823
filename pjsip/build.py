#!/usr/bin/env python3
"""Makes the wheel with PJSIP, pjsua2 and the tap, and prints its path; see README.md beside this file."""

import argparse
import sys
from pathlib import Path

from builder import source, toolchain, wheel
from builder.cache import Cache, default_root
from builder.errors import BuildError
from builder.run import say

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Exit code 0 and the wheel's path on stdout, or 1 and one message on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tap", type=Path, default=HERE / "tap", help="folder of the tap's C (%(default)s)")
    parser.add_argument(
        "--missing", action="store_true", help="print the Debian packages that this machine lacks, and end"
    )
    arguments = parser.parse_args()
    if arguments.missing:
        sys.stdout.write(" ".join(sorted({need.package for need in toolchain.missing()})) + "\n")
        return 0
    try:
        cache = Cache(default_root())
        toolchain.check()
        made = wheel.build(cache, source.find(cache), arguments.tap.resolve())
        sys.stdout.write(f"{made}\n")
    except BuildError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
