"""softswitch prompts: every prompt, its text, and whether it is an own recording."""

import json
from pathlib import Path

import numpy as np
import soundfile

from tests.cli.fake import Command


def test_all_prompts_with_their_texts(softswitch: Command, dialplan: Path) -> None:
    result = softswitch("prompts", dialplan.name)
    assert result.exit_code == 0
    assert "parked" in result.stdout
    assert "Goodbye." in result.stdout
    assert "tone-joined" in result.stdout
    assert "Language: en" in result.stdout


def test_own_recordings_and_texts_for_programs(softswitch: Command, dialplan: Path, folder: Path) -> None:
    (folder / "prompts" / "ru").mkdir(parents=True)
    soundfile.write(folder / "prompts" / "ru" / "goodbye.flac", np.zeros(800), 8000)
    (folder / "prompts" / "ru.yaml").write_text("texts: {muted: Тихо.}")
    result = softswitch("prompts", dialplan.name, "--language", "ru-RU", "--json")
    data = json.loads(result.stdout)
    rows = {row["name"]: row for row in data["prompts"]}
    assert data["language"] == "ru"
    assert rows["goodbye"]["recordings"] == [str(folder / "prompts" / "ru" / "goodbye.flac")]
    assert rows["muted"]["text"] == "Тихо."
    assert rows["unmuted"]["recordings"] == []
    assert "recording goodbye.flac" in softswitch("prompts", dialplan.name, "--language", "ru").stdout


def test_what_is_wrong(softswitch: Command, dialplan: Path, folder: Path) -> None:
    (folder / "prompts").mkdir()
    (folder / "prompts" / "en.yaml").write_text("texts: {bad: '{x:y}'}")
    result = softswitch("prompts", dialplan.name)
    assert result.exit_code == 1
    assert "unknown kind 'y'" in result.stderr
    dialplan.write_text("domain: a")
    assert "has errors" in softswitch("prompts", dialplan.name).stderr
