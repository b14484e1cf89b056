"""Reading one table of the policy file: typed values out, every mistake told, nothing raised.

A value that is wrong is reported where it stands and its default returned, so that reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.people import PersonId
from bot.domain.times.span import Span, SpanKind
from bot.policy.problems import Path, Problems, did_you_mean, short, spelled

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_KINDS = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "a table",
}


class Table:
    """One table of the file. Ask for every key it may hold, then `done` tells the unknown ones."""

    def __init__(self, raw: Mapping[str, object], path: Path, problems: Problems) -> None:
        self.raw = raw
        self.path = path
        self.problems = problems
        self._asked: dict[str, None] = {}

    def has(self, key: str) -> bool:
        self._asked[key] = None
        return key in self.raw

    def lacks(self, key: str) -> bool:
        """Whether the key is not there, or holds nothing."""
        return not self.has(key) or self.raw[key] in ("", [], {})

    def at(self, *keys: str | int) -> Path:
        return (*self.path, *keys)

    def missing(self, key: str, message: str) -> None:
        """Tell that a key must be there."""
        self.problems.mistake(self.path, f"{key} is missing: {message}")

    def text(self, key: str, default: str = "") -> str:
        """Text that is not blank, without blanks around it."""
        value = self._typed(key, str)
        if value is not None and not value.strip():
            self.problems.mistake(self.at(key), "this is blank: write something or leave it out")
        return (value or "").strip() or default

    def needed(self, key: str, hint: str) -> str:
        """Text that must be there; blank when it is not, which has then been told."""
        if not self.has(key):
            self.missing(key, hint)
        return self.text(key)

    def texts(self, key: str, *, one: bool = False) -> tuple[str, ...]:
        """A list of texts; with `one`, a single text is a list of one."""
        if one and isinstance(self.raw.get(key), str):
            return tuple(filter(None, (self.text(key),)))
        found = []
        for number, item in enumerate(self._typed(key, list) or ()):
            if isinstance(item, str) and item.strip():
                found.append(item.strip())
            else:
                self.problems.mistake(self.at(key, number), "this must be text in quotes, and not blank")
        return tuple(found)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._typed(key, bool)
        return default if value is None else value

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._typed(key, int)
        if value is not None and not low <= value <= high:
            self.problems.mistake(self.at(key), f"{value} is out of range: write {low} to {high}")
        return value if value is not None and low <= value <= high else default

    def share(self, key: str, default: float) -> float:
        """A share above 0 and up to 1."""
        value = self.raw[key] if self.has(key) else default
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1:
            return float(value)
        self.problems.mistake(self.at(key), "this must be a share from 0 to 1: for 90 % write 0.9")
        return default

    def parsed(self, key: str, parse: Callable[[str], T], default: T) -> T:
        """Text that `parse` understands; its ValueError is told."""
        text = self.text(key)
        try:
            return parse(text) if text else default
        except ValueError as error:
            self.problems.mistake(self.at(key), str(error))
            return default

    def span(self, key: str, default: Span) -> Span:
        """A duration longer than nothing, elapsed or working time."""
        value = self.parsed(key, Span.parse, default)
        if not value.seconds:
            self.problems.mistake(self.at(key), "this must be longer than nothing")
        return value

    def elapsed(self, key: str, default: timedelta) -> timedelta:
        """A duration of elapsed time; working time is refused."""
        value = self.parsed(key, Span.parse, None)
        if value is not None and value.kind is not SpanKind.WALL:
            self.problems.mistake(
                self.at(key), f'"{value}" is working time, which this cannot be: write "2h" or "1d"'
            )
            return default
        return default if value is None else value.elapsed

    def zone(self, key: str, default: ZoneInfo) -> ZoneInfo:
        return self.parsed(key, _zone, default)

    def day(self, key: str) -> date | None:
        return _date(self.raw[key], self.at(key), self.problems) if self.has(key) else None

    def days(self, key: str) -> frozenset[date]:
        items = enumerate(self._typed(key, list) or ())
        found = (_date(item, self.at(key, number), self.problems) for number, item in items)
        return frozenset(day for day in found if day)

    def choices(self, key: str, kind: type[E], *, one: bool = False) -> frozenset[E]:
        """A list of names out of a fixed set."""
        known = {str(each): each for each in kind}
        named = self.texts(key, one=one)
        for number, name in enumerate(named):
            if name not in known:
                path = self.at(key) if isinstance(self.raw[key], str) else self.at(key, number)
                self.problems.unknown(path, kind.__name__.lower(), name, known)
        return frozenset(known[name] for name in named if name in known)

    def choice(self, key: str, kind: type[E]) -> E | None:
        name, known = self.text(key), {str(each): each for each in kind}
        if name and name not in known:
            self.problems.unknown(self.at(key), kind.__name__.lower(), name, known)
        return known.get(name)

    def people(self, key: str) -> tuple[PersonId, ...]:
        return tuple(PersonId(name.lower()) for name in self.texts(key))

    def table(self, key: str) -> Table:
        """The table under a key; an empty one when it is not there."""
        return Table(self._typed(key, dict) or {}, self.at(key), self.problems)

    def tables(self, key: str) -> Iterator[Table]:
        """Each table of an array of tables."""
        for number, item in enumerate(self._typed(key, list) or ()):
            if isinstance(item, dict):
                yield Table(item, self.at(key, number), self.problems)
            else:
                self.problems.mistake(self.at(key, number), f"this must be a table: write [[{key}]]")

    def named_tables(self) -> Iterator[tuple[str, Table]]:
        """Each table in this one, with its name."""
        for name in self.raw:
            if isinstance(self.raw[name], dict):
                yield name, self.table(name)
            else:
                self.problems.mistake(
                    self.at(name), f"this must be a table: write [{spelled(self.at(name))}]"
                )

    def done(self) -> None:
        """Tell every key that was never asked for."""
        for key in self.raw:
            if key not in self._asked:
                self.problems.unknown(self.at(key), "key", key, list(self._asked))

    def _typed(self, key: str, kind: type[T]) -> T | None:
        """The value, if it is there and of that kind; another kind is told."""
        if not self.has(key):
            return None
        value = self.raw[key]
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.problems.mistake(self.at(key), f"this must be {_KINDS[kind]}, not {_shown(value)}")
        return None


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'the text "{short(value)}"' if isinstance(value, str) else short(str(value))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # not found is a KeyError; odd names end in the file system
        likely = did_you_mean(name, sorted(available_timezones())) if len(name) < 60 else ""
        help_ = likely if "did you mean" in likely else ': write for example "Europe/London"'
        raise ValueError(f'there is no time zone "{short(name)}"{help_}') from None


def _date(value: object, path: Path, problems: Problems) -> date | None:
    """A date, as TOML's own or as text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_date(value)
    except ValueError:
        problems.mistake(path, f'{_shown(value)} is not a date: write it as "2026-12-25"')
        return None


def _no_date(value: object) -> date:
    raise ValueError(value)
