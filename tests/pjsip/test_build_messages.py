"""What the builder says when it cannot build: one message with the remedy, code 1, and no build begun."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "pjsip" / "build.py"


def build(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the builder with an empty cache of its own."""
    return subprocess.run(
        [sys.executable, str(BUILD)],
        env={**os.environ, "SOFTSWITCH_CACHE": str(tmp_path / "cache"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def path_without(tmp_path: Path, *lacking: str) -> str:
    """A PATH whose one folder has all the programs of the real one except some."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*") if Path(place).is_dir() else ():
            if program.name not in lacking and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return str(folder)


def refused(done: subprocess.CompletedProcess[str], tmp_path: Path) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "cache").glob("pjproject-*"))
    return done.stderr


def test_all_missing_programs_are_named_at_once_with_the_line_that_installs_them(tmp_path: Path) -> None:
    said = refused(build(tmp_path, PATH=path_without(tmp_path, "swig", "make")), tmp_path)
    assert "the program `swig`" in said
    assert "the program `make`" in said
    assert "apt-get install make swig\n" in said


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    said = refused(build(tmp_path, CC="no-such-cc", CXX="no-such-c++"), tmp_path)
    assert "the C compiler `no-such-cc`" in said
    assert "the C++ compiler `no-such-c++`" in said
    assert "apt-get install g++ gcc\n" in said


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\n! grep -q opus/opus.h\n")
    compiler.chmod(0o755)
    said = refused(build(tmp_path, CC=str(compiler)), tmp_path)
    assert "Opus' header opus/opus.h" in said
    assert "apt-get install libopus-dev\n" in said


def test_a_source_that_does_not_exist(tmp_path: Path) -> None:
    said = refused(build(tmp_path, PJPROJECT_SOURCE="/no/such/pjproject.tar.gz"), tmp_path)
    assert "PJPROJECT_SOURCE: `/no/such/pjproject.tar.gz` is not a file" in said


def test_a_source_that_is_no_tarball(tmp_path: Path) -> None:
    page = tmp_path / "pjproject.tar.gz"
    page.write_text("<html>404 Not Found</html>")
    said = refused(build(tmp_path, PJPROJECT_SOURCE=str(page)), tmp_path)
    assert f"`{page}` is no readable tarball" in said
    assert "2.15 or newer" in said


def test_a_download_that_was_cut_short(tmp_path: Path, tarball: Callable[[str], Path]) -> None:
    whole = tarball("2.17")
    whole.write_bytes(whole.read_bytes()[:60])
    assert "is no readable tarball" in refused(build(tmp_path, PJPROJECT_SOURCE=str(whole)), tmp_path)


def test_a_tarball_of_something_else(tmp_path: Path, tarball: Callable[[str], Path]) -> None:
    said = refused(build(tmp_path, PJPROJECT_SOURCE=str(tarball(""))), tmp_path)
    assert "holds no version.mak, so it is not pjproject" in said


@pytest.mark.parametrize("version", ["2.14", "1.99"])
def test_a_source_that_is_too_old(tmp_path: Path, tarball: Callable[[str], Path], version: str) -> None:
    said = refused(build(tmp_path, PJPROJECT_SOURCE=str(tarball(version))), tmp_path)
    assert f"is pjproject {version}, too old" in said
    assert "2.15 or newer" in said


def test_a_cache_folder_that_makefiles_cannot_bear(tmp_path: Path) -> None:
    said = refused(build(tmp_path, SOFTSWITCH_CACHE=str(tmp_path / "my cache")), tmp_path)
    assert "has a space in its path" in said
    assert "SOFTSWITCH_CACHE" in said
