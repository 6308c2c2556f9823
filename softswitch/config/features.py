"""The codes by which people use features of the switch."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.feature import Feature, Where
from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal
from softswitch.config.section import Section

OFF = "off"
DIALLED_PATTERN = r"^[0-9*#]{1,8}$"
# In a call plain digits belong to whom one talks to: to menus, banks, answering machines.
PRESSED_PATTERN = r"^[*#][0-9*#]{0,7}$"


@dataclass(frozen=True, slots=True)
class Code:
    """Marks a feature's code, or None for `off`."""

    feature: Feature
    off: bool = True
    """None is written as `off`: see `written`."""

    @property
    def pattern(self) -> str:
        """What its code looks like."""
        return PRESSED_PATTERN if self.feature.where is Where.IN_CALL else DIALLED_PATTERN

    def parse(self, value: object) -> str | None:
        """The code as text. Raises what pydantic reports to the operator."""
        text = as_written(value)
        if value is None or text == OFF:
            return None
        if isinstance(text, str) and re.fullmatch(self.pattern[1:-1], text):
            return text
        if isinstance(text, str) and re.fullmatch(DIALLED_PATTERN[1:-1], text):
            raise refusal(
                "a code that is pressed in a call begins with * or #",
                f'digits belong to whom one talks to: write it like "{self.feature.code}", or off',
            )
        raise refusal(
            "this is not a code",
            f'write up to 8 of 0-9, * and # in quotes, like "{self.feature.code}", or off',
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        words = "code pressed in a call" if self.feature.where is Where.IN_CALL else "code dialled"
        forms: list[JsonSchemaValue] = [
            {"type": "string", "pattern": self.pattern},
            {"const": OFF},
        ]
        if self.feature.where is Where.DIALLED:
            forms.append({"type": "integer", "minimum": 0})
        return {"anyOf": forms, "x-words": f"{words}, or off"}


def _code(feature: Feature) -> Any:
    follows = f", followed by {feature.follows}" if feature.follows else ""
    return Field(default=feature.code, description=f"{feature.words}{follows}.", examples=[feature.code, OFF])


class Features(Section):
    """The codes of what people do with calls. Each can be changed, or switched off with `off`."""

    pickup_group: Annotated[str | None, Code(Feature.PICKUP_GROUP)] = _code(Feature.PICKUP_GROUP)
    pickup: Annotated[str | None, Code(Feature.PICKUP)] = _code(Feature.PICKUP)
    forward_always: Annotated[str | None, Code(Feature.FORWARD_ALWAYS)] = _code(Feature.FORWARD_ALWAYS)
    cancel_forward_always: Annotated[str | None, Code(Feature.CANCEL_FORWARD_ALWAYS)] = _code(
        Feature.CANCEL_FORWARD_ALWAYS
    )
    forward_busy: Annotated[str | None, Code(Feature.FORWARD_BUSY)] = _code(Feature.FORWARD_BUSY)
    cancel_forward_busy: Annotated[str | None, Code(Feature.CANCEL_FORWARD_BUSY)] = _code(
        Feature.CANCEL_FORWARD_BUSY
    )
    forward_no_answer: Annotated[str | None, Code(Feature.FORWARD_NO_ANSWER)] = _code(
        Feature.FORWARD_NO_ANSWER
    )
    cancel_forward_no_answer: Annotated[str | None, Code(Feature.CANCEL_FORWARD_NO_ANSWER)] = _code(
        Feature.CANCEL_FORWARD_NO_ANSWER
    )
    do_not_disturb: Annotated[str | None, Code(Feature.DO_NOT_DISTURB)] = _code(Feature.DO_NOT_DISTURB)
    cancel_do_not_disturb: Annotated[str | None, Code(Feature.CANCEL_DO_NOT_DISTURB)] = _code(
        Feature.CANCEL_DO_NOT_DISTURB
    )
    call_back: Annotated[str | None, Code(Feature.CALL_BACK)] = _code(Feature.CALL_BACK)
    redial: Annotated[str | None, Code(Feature.REDIAL)] = _code(Feature.REDIAL)
    camp_on: Annotated[str | None, Code(Feature.CAMP_ON)] = _code(Feature.CAMP_ON)
    cancel_camp_on: Annotated[str | None, Code(Feature.CANCEL_CAMP_ON)] = _code(Feature.CANCEL_CAMP_ON)
    block_last_caller: Annotated[str | None, Code(Feature.BLOCK_LAST_CALLER)] = _code(
        Feature.BLOCK_LAST_CALLER
    )
    unblock: Annotated[str | None, Code(Feature.UNBLOCK)] = _code(Feature.UNBLOCK)
    reject_anonymous: Annotated[str | None, Code(Feature.REJECT_ANONYMOUS)] = _code(Feature.REJECT_ANONYMOUS)
    cancel_reject_anonymous: Annotated[str | None, Code(Feature.CANCEL_REJECT_ANONYMOUS)] = _code(
        Feature.CANCEL_REJECT_ANONYMOUS
    )
    voicemail: Annotated[str | None, Code(Feature.VOICEMAIL)] = _code(Feature.VOICEMAIL)
    voicemail_any: Annotated[str | None, Code(Feature.VOICEMAIL_ANY)] = _code(Feature.VOICEMAIL_ANY)
    voicemail_to: Annotated[str | None, Code(Feature.VOICEMAIL_TO)] = _code(Feature.VOICEMAIL_TO)
    mode: Annotated[str | None, Code(Feature.MODE)] = _code(Feature.MODE)
    queue_login: Annotated[str | None, Code(Feature.QUEUE_LOGIN)] = _code(Feature.QUEUE_LOGIN)
    queue_pause: Annotated[str | None, Code(Feature.QUEUE_PAUSE)] = _code(Feature.QUEUE_PAUSE)
    listen: Annotated[str | None, Code(Feature.LISTEN)] = _code(Feature.LISTEN)
    whisper: Annotated[str | None, Code(Feature.WHISPER)] = _code(Feature.WHISPER)
    barge: Annotated[str | None, Code(Feature.BARGE)] = _code(Feature.BARGE)
    intercom: Annotated[str | None, Code(Feature.INTERCOM)] = _code(Feature.INTERCOM)
    blind_transfer: Annotated[str | None, Code(Feature.BLIND_TRANSFER)] = _code(Feature.BLIND_TRANSFER)
    attended_transfer: Annotated[str | None, Code(Feature.ATTENDED_TRANSFER)] = _code(
        Feature.ATTENDED_TRANSFER
    )
    record: Annotated[str | None, Code(Feature.RECORD)] = _code(Feature.RECORD)
    pause_recording: Annotated[str | None, Code(Feature.PAUSE_RECORDING)] = _code(Feature.PAUSE_RECORDING)
    three_way: Annotated[str | None, Code(Feature.THREE_WAY)] = _code(Feature.THREE_WAY)
    run_scenario: Annotated[str | None, Code(Feature.RUN_SCENARIO)] = _code(Feature.RUN_SCENARIO)

    def code(self, feature: Feature) -> str | None:
        """The code of a feature; None when it is switched off, or has numbers instead of a code."""
        found: str | None = getattr(self, feature.value, None)
        return found
