"""What is different between two dialplans, in sentences for an operator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from softswitch.config.dialplan import Dialplan
from softswitch.config.extension import Extension
from softswitch.config.section import RESTART, Section
from softswitch.config.tables import TABLES, key_field
from softswitch.config.written import as_text

NOUNS: Final = {
    "departments": "Department",
    "numbers": "Number",
    "modes": "Mode",
    "menus": "Menu",
    "queues": "Queue",
    "announcements": "Announcement",
    "scenarios": "Scenario",
    "conferences": "Conference room",
    "paging": "Paging group",
    "faxes": "Fax",
    "trunks": "Trunk",
    "offices": "Office",
    "classes_of_service": "Class of service",
    "price_lists": "Price list",
    "music": "Music",
    "tests": "Test",
}
"""What an entry of each table is called; extensions are told otherwise."""


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

    @property
    def entry(self) -> tuple[str, str] | None:
        """The table and key of the entry that it is of, such as menus and main."""
        table, _, rest = self.path.partition(".")
        return (table, rest.partition(".")[0]) if table in TABLES and rest else None

    @property
    def sentence(self) -> str:
        """What changes, as an operator would say it."""
        if self.entry is None:
            return f"Setting {self}."
        table, key = self.entry
        return f"{NOUNS[table]} {key}: {self._told(self.path.removeprefix(f'{table}.{key}.'))}."

    def __str__(self) -> str:
        return self._told(self.path)

    def _told(self, name: str) -> str:
        if self.secret and self.before is not None and self.after is not None:
            return f"{name} changes"
        if self.before is None:
            return f"{name} is now {self.after}"
        if self.after is None:
            return f"{name} is no longer set; it was {self.before}"
        return f"{name} changes from {self.before} to {self.after}"


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
    entries: tuple[str, ...] = ()
    """Entries of tables, extensions aside, that are new or gone, each as a sentence."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.settings or self.entries)

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The entries that stay but differ: table and key of each."""
        return frozenset(one.entry for one in self.settings if one.entry is not None)

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
            *(change.sentence for change in self.settings),
            *self.entries,
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
        entries=tuple(_entry_changes(old, new)),
    )


def _extension_change(old: Extension, new: Extension) -> ExtensionChange:
    fields = tuple(name for name in Extension.model_fields if getattr(old, name) != getattr(new, name))
    sentences = tuple(
        f"the {change.path} changes" if change.secret else str(change)
        for change in _differences(old, new, in_order=True)
    )
    return ExtensionChange(new.number, new.name, fields, sentences)


def _setting_changes(old: Dialplan, new: Dialplan) -> Iterator[SettingChange]:
    for change in _differences(old, new):
        if change.entry is not None:
            table, key = change.entry
            if key not in getattr(old, table) or key not in getattr(new, table):
                continue  # told as a whole
        yield change


def _entry_changes(old: Dialplan, new: Dialplan) -> Iterator[str]:
    for table, noun in NOUNS.items():
        before, after = getattr(old, table), getattr(new, table)
        for key in dict.fromkeys((*before, *after)):
            if key not in after:
                yield f"{noun} {key} is gone."
            elif key not in before:
                yield f"{noun} {key} is new."


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
        elif isinstance(value, Mapping) and value and not _is_secret(value):
            for key, entry in value.items():
                if isinstance(entry, Section):
                    yield from _leaves(entry, f"{prefix}{name}.{key}.", fixed)
                else:
                    yield f"{prefix}{name}.{key}", _Leaf(entry, _plain(entry), fixed)
        else:
            yield prefix + name, _Leaf(value, _text(value, field), fixed)
    # Keys that the operator chooses, such as the modes of a number.
    for name, value in (section.__pydantic_extra__ or {}).items():
        yield prefix + name, _Leaf(value, str(value), restart)


def _plain(value: Any) -> str:
    """A value in a mapping, as the file has it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list | frozenset):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value)


def _is_secret(value: Mapping[Any, Any]) -> bool:
    return any(isinstance(item, SecretStr) for item in value.values())


def _is_restart_only(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(RESTART))


def _text(value: Any, field: FieldInfo) -> str | None:
    text = as_text(value, field)
    return None if text == "not set" else text
