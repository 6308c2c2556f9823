"""What is different between two dialplans, in sentences for an operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from softswitch.config.dialplan import Dialplan
from softswitch.config.extension import Extension
from softswitch.config.section import RESTART, Section
from softswitch.config.written import as_text


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of the dialplan that differs: its dotted path, and both values as an operator writes them.

    None where the setting did not or does not stand. `needs_restart`: a running switch cannot change it.
    """

    path: str
    before: str | None
    after: str | None
    needs_restart: bool = False

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path} is now {self.after}"
        if self.after is None:
            return f"{self.path} is no longer set; it was {self.before}"
        return f"{self.path} changes from {self.before} to {self.after}"


@dataclass(frozen=True, slots=True)
class ExtensionChange:
    """An extension that stays but differs: its number, its name now, the fields that differ and how."""

    number: str
    name: str
    fields: tuple[str, ...]
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return f"Extension {self.number} ({self.name}): {'; '.join(self.sentences)}."


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences. Falsy when there are none."""

    added: tuple[Extension, ...]
    removed: tuple[Extension, ...]
    changed: tuple[ExtensionChange, ...]
    settings: tuple[SettingChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.settings)

    @property
    def needs_restart(self) -> tuple[str, ...]:
        """The settings that differ and cannot be changed while the switch runs, by their dotted paths."""
        return tuple(change.path for change in self.settings if change.needs_restart)

    @property
    def refusal(self) -> str | None:
        """Why a running switch must refuse the new file whole; None if it can take it."""
        if not self.needs_restart:
            return None
        return (
            f"a running switch cannot change {' or '.join(self.needs_restart)}; restart it to take this file"
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a difference, settings first."""
        return (
            *(f"Setting {change}." for change in self.settings),
            *(f"Extension {one.number} ({one.name}) is new." for one in self.added),
            *(f"Extension {one.number} ({one.name}) is gone." for one in self.removed),
            *(str(change) for change in self.changed),
        )


def compare(old: Dialplan, new: Dialplan) -> Changes:
    """What the new dialplan changes. Passwords that differ are told as such, without their values."""
    before, after = old.extensions, new.extensions
    stayed = [number for number in after if number in before and before[number] != after[number]]
    return Changes(
        added=tuple(one for number, one in after.items() if number not in before),
        removed=tuple(one for number, one in before.items() if number not in after),
        changed=tuple(_extension_change(before[number], after[number]) for number in stayed),
        settings=tuple(_setting_changes(old, new)),
    )


def _extension_change(old: Extension, new: Extension) -> ExtensionChange:
    fields = tuple(name for name in Extension.model_fields if getattr(old, name) != getattr(new, name))
    sentences = tuple(_field_sentence(name, old, new) for name in fields)
    return ExtensionChange(new.number, new.name, fields, sentences)


def _field_sentence(name: str, old: Extension, new: Extension) -> str:
    if name == "password":
        return "the password changes"
    field = Extension.model_fields[name]
    change = SettingChange(name, _text(getattr(old, name), field), _text(getattr(new, name), field))
    return str(change)


def _setting_changes(old: Dialplan, new: Dialplan) -> Iterator[SettingChange]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for path in sorted(before.keys() | after.keys()):
        was, restart = before.get(path, (None, False))
        now, restart_too = after.get(path, (None, False))
        if was != now:
            yield SettingChange(path, was, now, restart or restart_too)


def _leaves(
    section: Section, prefix: str = "", restart: bool = False
) -> Iterator[tuple[str, tuple[str | None, bool]]]:
    """Each setting outside the extensions: its path, its text, and whether it is read at start only."""
    for name, field in type(section).model_fields.items():
        if prefix + name == "extensions":
            continue
        value = getattr(section, name)
        fixed = restart or _is_restart_only(field)
        if isinstance(value, Section):
            yield from _leaves(value, f"{prefix}{name}.", fixed)
        else:
            yield prefix + name, (_text(value, field), fixed)


def _is_restart_only(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(RESTART))


def _text(value: Any, field: FieldInfo) -> str | None:
    text = as_text(value, field)
    return None if text == "not set" else text
