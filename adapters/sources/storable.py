"""Whether what strangers sent can be stored: no half characters, no NUL, no number or depth beyond measure."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

BAD_TEXT: Final = "%s: holds a character that is half of one (a lone surrogate, or bytes that are not UTF-8)"
NUL: Final = "%s: holds a NUL character (\\u0000)"
BAD_NUMBER: Final = "%s: holds a number that is too large"
TOO_DEEP: Final = "%s: is nested too deeply"

_MOST_DIGITS: Final = 10**100
_DEPTH: Final = 32


class BadMention(ValueError):
    """A mention that cannot be taken; `reason` names the field and what to write instead."""

    def __init__(self, reason: str) -> None:
        # A field's own name may hold anything; a reason is read in terminals and logs.
        self.reason = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in reason)
        super().__init__(self.reason)


def look_through(fields: Mapping[str, object]) -> None:
    """Raises BadMention when anything in these fields cannot be stored, naming the field."""
    for name, value in fields.items():
        shown = name[:40].encode("ascii", "backslashreplace").decode()
        _storable(shown, name, 0)
        _storable(shown, value, 0)


def _storable(name: str, value: Any, depth: int) -> None:
    if depth > _DEPTH:
        raise BadMention(TOO_DEEP % name)
    kind = type(value)
    if kind is str:
        if "\x00" in value:
            raise BadMention(NUL % name)
        if not value.isascii() and _broken(value):
            raise BadMention(BAD_TEXT % name)
    elif kind is dict:
        for key, inner in value.items():
            _storable(name, key, depth + 1)
            _storable(name, inner, depth + 1)
    elif kind is list:
        for inner in value:
            _storable(name, inner, depth + 1)
    elif (kind is float and not isfinite(value)) or (kind is int and abs(value) > _MOST_DIGITS):
        raise BadMention(BAD_NUMBER % name)


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
