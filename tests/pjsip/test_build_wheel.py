"""What makes the builder build again, and what does not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builder import pjproject, wheel
from builder.source import inspect

TAP = Path(__file__).parents[2] / "pjsip" / "tap"


@pytest.fixture
def tap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TAP, tmp_path / "tap"))


@pytest.mark.parametrize("name", ["cdef.h", "tap.h", "new.c"])
def test_the_wheel_depends_on_every_file_of_the_tap(tap: Path, name: str) -> None:
    before = wheel.key("base", tap)
    assert before == wheel.key("base", tap)
    with (tap / name).open("a") as file:
        file.write("\n")
    assert wheel.key("base", tap) != before


def test_the_wheel_depends_on_the_compiled_pjproject(tap: Path) -> None:
    assert wheel.key("one", tap) != wheel.key("another", tap)


def test_the_wheel_depends_on_the_package_in_it(
    tap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = wheel.key("base", tap)
    package = Path(shutil.copytree(wheel.PACKAGE, tmp_path / "package"))
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(wheel, "PACKAGE", package)
    assert wheel.key("base", tap) != before


def test_pjproject_is_compiled_again_for_a_value_but_not_for_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tarball: Callable[[str], Path]
) -> None:
    source = inspect(tarball("2.17"), "this test")
    before = pjproject.key(source)
    profile = tmp_path / "config_site.h"
    monkeypatch.setattr(pjproject, "CONFIG_SITE", profile)
    original = (TAP.parent / "config_site.h").read_text()
    profile.write_text("/* two\nlines */\n" + original + "// one\n")
    assert pjproject.key(source) == before
    profile.write_text(original + "#define PJSUA_MAX_BUDDIES 1\n")
    assert pjproject.key(source) != before


def test_pjproject_is_compiled_again_for_another_source_or_compiler(
    monkeypatch: pytest.MonkeyPatch, tarball: Callable[[str], Path]
) -> None:
    source = inspect(tarball("2.17"), "this test")
    before = pjproject.key(source)
    assert pjproject.key(inspect(tarball("2.16"), "this test")) != before
    monkeypatch.setenv("CC", "true")
    assert pjproject.key(source) != before
