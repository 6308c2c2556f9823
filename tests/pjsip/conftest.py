"""The builder is a program, not a package of the switch: its folder comes onto the path for these tests."""

import io
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "pjsip"
sys.path.insert(0, str(FOLDER))


@pytest.fixture
def tarball(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a tarball that says it is some version of pjproject (or, given "", does not say)."""

    def make(version: str) -> Path:
        major, _, minor = version.partition(".")
        name = "pjproject/version.mak" if version else "pjproject/README.md"
        text = f"export PJ_VERSION_MAJOR  := {major}\nexport PJ_VERSION_MINOR  := {minor}\n"
        text += "export PJ_VERSION_REV    :=\nexport PJ_VERSION_SUFFIX :=\n"
        path = tmp_path / f"pjproject-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
        return path

    return make
