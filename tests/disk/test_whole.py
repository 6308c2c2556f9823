"""A file is the old one or the new one, never half of either."""

from pathlib import Path

import pytest

from softswitch.disk import whole


def test_written_and_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    for content in (b"one", b"two"):
        whole.write_whole(file, content)
        assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file], "nothing is left beside it"


def test_a_disk_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file.json"
    whole.write_whole(file, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        whole.write_whole(file, b"new")
    with pytest.raises(OSError, match="No space left"):
        whole.copy(file, tmp_path / "copy")
    assert file.read_bytes() == b"old"
    assert not (tmp_path / "copy").exists()


def test_copied_and_removed(tmp_path: Path) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    whole.write_whole(file, b"content")
    whole.copy(file, other)
    assert other.read_bytes() == b"content"
    whole.remove(file, other)
    whole.remove(file)
    assert list(tmp_path.iterdir()) == []
