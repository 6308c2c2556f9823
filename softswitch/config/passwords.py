"""Passwords: written in the file, or fetched from the environment or another file when it is read."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.context import Context
from softswitch.config.files import resolve, unreadable
from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal
from softswitch.config.section import Section

LONGEST = 128
PIN_PATTERN = r"^[0-9]{3,12}$"


class SecretReference(Section):
    """Where a secret is kept, when it is not in the dialplan itself: one of the two."""

    env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Name of the environment variable that holds the secret.",
        examples=["PW_102"],
    )
    file: str | None = Field(
        default=None,
        min_length=1,
        description="File that holds the secret, relative to the dialplan; its last line end does not count.",
        examples=["secrets/102"],
    )


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a model's SecretStr: a text, `{env: NAME}` or `{file: PATH}`, resolved when the file is read.

    With `digits` it is a pin, which is entered on a phone's keys and may stand without quotes.
    """

    digits: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Tags in angle brackets never meet a key of the file; `messages` takes them out of the path.
        choices: dict[Any, CoreSchema] = {
            "<ready>": core_schema.is_instance_schema(SecretStr),
            "<reference>": handler.generate_schema(SecretReference),
            "<text>": core_schema.str_schema(strict=True),
        }
        if self.digits:
            choices["<text>"] = core_schema.no_info_plain_validator_function(_pin)
        return core_schema.with_info_after_validator_function(
            self._resolve,
            core_schema.tagged_union_schema(choices, discriminator=_kind),
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        reference = SecretReference.model_json_schema()
        reference.pop("title", None)
        reference["oneOf"] = [{"required": ["env"]}, {"required": ["file"]}]
        if self.digits:
            return {
                "anyOf": [
                    {"type": "string", "pattern": PIN_PATTERN},
                    {"type": "integer", "minimum": 0},
                    reference,
                ],
                "x-words": "digits, {env: NAME} or {file: PATH}",
            }
        return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": LONGEST}, reference]}

    def _resolve(self, value: SecretStr | SecretReference | str, info: ValidationInfo) -> SecretStr:
        if isinstance(value, SecretReference):
            value = _fetch(value, Context.of(info))
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if self.digits:
            return SecretStr(_pin(text))
        return SecretStr(self.checked(text))

    def checked(self, text: str) -> str:
        """The secret itself, resolved. Raises a refusal, which never repeats it."""
        if not text:
            raise refusal("the password is empty", "write one of eight characters or more")
        if len(text) > LONGEST:
            raise refusal("the password is too long", f"write at most {LONGEST} characters")
        if not text.isprintable():
            raise refusal("the password holds characters that no phone can type", "write letters and digits")
        return text


def _pin(value: object) -> str:
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(PIN_PATTERN[1:-1], text):
        raise refusal("this is not a pin", "write 3 to 12 digits")
    return text


def _kind(value: object) -> str:
    if isinstance(value, SecretStr):
        return "<ready>"
    return "<reference>" if isinstance(value, dict | SecretReference) else "<text>"


def _fetch(reference: SecretReference, context: Context | None) -> str:
    if (reference.env is None) == (reference.file is None):
        raise refusal("a secret reference names one place", "write {env: NAME} or {file: PATH}")
    if context is None:
        raise refusal("a secret reference needs a dialplan file around it", "give the password itself")
    if reference.env is not None:
        return _from_environment(reference.env, context)
    return _from_file(str(reference.file), context)


def _from_environment(name: str, context: Context) -> str:
    if name not in context.environment:
        raise refusal(
            f"the environment variable {name} is not set", "set it for the switch, or write the password"
        )
    return context.environment[name]


def _from_file(name: str, context: Context) -> str:
    path = resolve(context.folder, name)
    reason = unreadable(path)
    if reason is not None:
        raise refusal(reason, "correct the path or the file's rights")
    with path.open("rb") as file:
        # More than the longest password and its line end is no password; do not read a disk image.
        content = file.read(4 * LONGEST + 2)
    try:
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise refusal(f"{path} is not UTF-8 text", "write the password alone into it") from None
