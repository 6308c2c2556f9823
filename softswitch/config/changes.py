"""What is different between two dialplans, in sentences for an operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from softswitch.config.dialplan import Dialplan
from softswitch.config.extension import Extension
from softswitch.config.section import RESTART, Section
from softswitch.config.tables import TABLES, key_field
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
    secret: bool = False
    """Both values are covered: only that they differ is told."""

    def __str__(self) -> str:
        if self.secret and self.before is not None and self.after is not None:
            return f"{self.path} changes"
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
    sentences = tuple(
        f"the {change.path} changes" if change.secret else str(change)
        for change in _differences(old, new, in_order=True)
    )
    return ExtensionChange(new.number, new.name, fields, sentences)


def _setting_changes(old: Dialplan, new: Dialplan) -> Iterator[SettingChange]:
    yield from _differences(old, new)


def _differences(old: Section, new: Section, *, in_order: bool = False) -> Iterator[SettingChange]:
    """What differs between two sections of a kind, extensions aside, by path or in the models' order."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    paths = list({**before, **after})
    for path in paths if in_order else sorted(paths):
        was, now = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if was.value != now.value:
            restart = was.restart or now.restart
            if was.text is None and now.text is None:
                continue  # an entry that is new, or gone, and says nothing here
            secret = isinstance(was.value, SecretStr) or isinstance(now.value, SecretStr)
            yield SettingChange(path, was.text, now.text, restart, secret)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A setting: its value, how an operator writes it, and whether it is read at start only."""

    value: Any
    text: str | None
    restart: bool


_ABSENT = _Leaf(None, None, False)


def _leaves(section: Section, prefix: str = "", restart: bool = False) -> Iterator[tuple[str, _Leaf]]:
    """Each setting outside the extensions by its path."""
    for name, field in type(section).model_fields.items():
        if prefix + name == "extensions" or name == key_field(type(section)):
            continue
        value = getattr(section, name)
        fixed = restart or _is_restart_only(field)
        if isinstance(value, Section):
            yield from _leaves(value, f"{prefix}{name}.", fixed)
        elif name in TABLES and isinstance(section, Dialplan):
            for key, entry in value.items():
                yield from _leaves(entry, f"{prefix}{name}.{key}.", fixed)
        else:
            yield prefix + name, _Leaf(value, _text(value, field), fixed)
    # Keys that the operator chooses, such as the modes of a number.
    for name, value in (section.__pydantic_extra__ or {}).items():
        yield prefix + name, _Leaf(value, str(value), restart)


def _is_restart_only(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(RESTART))


def _text(value: Any, field: FieldInfo) -> str | None:
    text = as_text(value, field)
    return None if text == "not set" else text
