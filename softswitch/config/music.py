"""Music for those who wait: classes by name, each a few files and what is said between them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.durations import Duration
from softswitch.config.files import FileName
from softswitch.config.locale_types import Language
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Key

DEFAULT: Final = "default"
"""The class that is heard where nothing else is said; there is one even if the file has none."""
LONGEST: Final = 1800.0
"""Seconds that a class may last before it begins again; what is longer is cut off."""
SOUND_FILES: Final = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64")
_LONGEST_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class SoundFiles:
    """Marks a model's tuple of paths: one file or folder, or a list of them. With `texts` a list of both."""

    texts: bool = False

    def parse(self, value: object, info: ValidationInfo) -> tuple[Path | str, ...]:
        """Paths, absolute when a file is being read; what does not end like a sound file is a text."""
        items = value if isinstance(value, tuple | list) else (value,)
        return tuple(self._item(item, info) for item in items)

    def _item(self, item: object, info: ValidationInfo) -> Path | str:
        if self.texts and isinstance(item, str) and not item.lower().endswith(SOUND_FILES):
            if not item.strip() or len(item) > _LONGEST_TEXT or not item.isprintable():
                raise refusal(
                    "this cannot be spoken", f"write 1 to {_LONGEST_TEXT} printable characters, or a file"
                )
            return item
        return FileName().parse(item, info)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        item = {"type": "string", "minLength": 1}
        words = "file or text, or a list of them" if self.texts else "file or folder, or a list of them"
        return {"anyOf": [item, {"type": "array", "items": item}], "x-words": words}


class MusicClass(Section):
    """What those hear who wait. However many listen, it is decoded once."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    files: Annotated[tuple[Path, ...], SoundFiles()] = Field(
        default=(),
        description="Sound files of any rate (WAV, FLAC, Ogg, MP3), or folders of them. Default: built-in "
        "music. Half an hour is played, then it begins again.",
        examples=["music/jazz", ["jazz/one.mp3", "jazz/two.flac"]],
    )
    order: Literal["listed", "shuffled"] = Field(
        default="listed", description="listed: in order, a folder's files by name. shuffled: by chance."
    )
    news: Annotated[tuple[Path | str, ...], SoundFiles(texts=True)] = Field(
        default=(),
        description="News and offers that interrupt the music, one after the other: recordings, or texts "
        "that the switch speaks.",
        examples=[["Our shop in Lake Street is open on Sundays.", "offers/spring.wav"]],
    )
    every: Annotated[float, Duration(5, 3600)] = Field(
        default=60.0, description="How long the music goes on before the next news.", examples=["60s"]
    )
    level: int = Field(
        default=-20,
        ge=-40,
        le=-10,
        description="Loudness of all of it in dBFS (RMS); speech on the telephone has about -20.",
        examples=[-23],
    )
    language: Language | None = Field(
        default=None, description="In which the texts are spoken. Default: the dialplan's.", examples=["de"]
    )
