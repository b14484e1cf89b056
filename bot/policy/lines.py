"""On which line each key of a TOML text stands. The standard parser does not tell.

The walk comes before the standard parser, which takes quadratic time over deep keys and recurses into deep
lists: a text that passed here is shallow. It judges no syntax; where the text is not TOML it just stops.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress

from bot.policy.problems import Path

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]+")


_DEEPEST = 32


class TooDeep(ValueError):
    """Keys, tables or lists nested deeper than any policy needs; `line` says where."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(
            f"this is nested more than {_DEEPEST} levels deep, which no policy needs: write it flatter"
        )


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) where each table, key and list item of a TOML text first stands.

    Of a text that is not TOML: those up to the fault. Raises TooDeep.
    """
    walk = _Walk(text)
    with suppress(_Lost):
        walk.document()
    return walk.lines


class _Lost(Exception):
    """The text is not what a valid TOML file would hold here."""


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._last: dict[Path, int] = {}

    def document(self) -> None:
        base: Path = ()
        while self._skip(_BLANK):
            if self._eat("[["):
                base = self._header(self._key(), repeated=True)
                self._expect("]]")
            elif self._eat("["):
                base = self._header(self._key(), repeated=False)
                self._expect("]")
            else:
                self._pair(base)

    def _header(self, keys: list[str], *, repeated: bool) -> Path:
        """The path that a header opens: a table of an array is its newest item."""
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            self._mark(path)
            if repeated and number == len(keys):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
                self._mark(path)
        return path

    def _pair(self, base: Path) -> None:
        start, path = self.at, base
        for key in self._key():
            path = (*path, key)
            self._mark(path, start)
        self._expect("=")
        self._value(path)

    def _key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            if found is None:
                raise _Lost
            self.at = found.end()
            raw = found[0]
            keys.append(_unquoted(raw) if raw[0] in "\"'" else raw)
            if len(keys) > _DEEPEST:
                raise TooDeep(self._line(self.at))
            self._skip(_SPACE)
            if not self._eat("."):
                return keys

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        if self._eat("["):
            self._items(path)
        elif self._eat("{"):
            self._inline(path)
        else:
            found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            if found is None:
                raise _Lost
            self.at = found.end()

    def _items(self, path: Path) -> None:
        number = 0
        while self._skip(_BLANK) and not self._eat("]"):
            self._mark((*path, number))
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            self._eat(",")

    def _inline(self, path: Path) -> None:
        while self._skip(_BLANK) and not self._eat("}"):
            self._pair(path)
            self._skip(_BLANK)
            self._eat(",")

    def _skip(self, blank: re.Pattern[str]) -> bool:
        """Pass over it; whether anything is left."""
        found = blank.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def _eat(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        if not self._eat(mark):
            raise _Lost

    def _mark(self, path: Path, at: int | None = None) -> None:
        line = self._line(self.at if at is None else at)
        if len(path) > _DEEPEST:
            raise TooDeep(line)
        self.lines.setdefault(path, line)

    def _line(self, at: int) -> int:
        return bisect_right(self._ends, at - 1) + 1


def _unquoted(raw: str) -> str:
    try:
        return tomllib.loads(f"{raw} = 0").popitem()[0]
    except ValueError:
        raise _Lost from None
