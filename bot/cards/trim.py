"""Strangers' words made fit for a card: still their words, never cut inside a character, never our layout."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_LONGEST_CLUSTER: Final = 24
"""Code points after which a character counts as ended: nobody writes longer ones in good faith."""

# Controls, halves of characters, and overrides and isolates, which would turn around what stands beside them;
# plain direction marks (U+200E, U+200F) are harmless.
_HARMFUL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

_SYLLABLE: Final = ("LL", "LV", "VV", "VT", "TT")


def clean(text: str) -> str:
    """The text without control characters and overrides of the writing direction; line ends are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _HARMFUL.sub("", text)


def block(text: str, limit: int) -> str:
    """Some lines of at most about `limit` characters; what was cut off is said: "… (1,812 characters)"."""
    text = clean(text).strip()
    cut = _cut(text, limit)
    return text if cut == len(text) else f"{text[:cut].rstrip()}… ({len(text):,} characters)"


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters and an ellipsis."""
    text = " ".join(clean(text).split())
    cut = _cut(text, limit)
    return text if cut == len(text) else f"{text[:cut].rstrip()}…"


def _cut(text: str, limit: int) -> int:
    """The last place at or before `limit` where a person would see one character end and another begin."""
    if len(text) <= limit:
        return len(text)
    for cut in range(limit, max(0, limit - _LONGEST_CLUSTER), -1):
        if not _one_character(text, cut):
            return cut
    return limit


def _one_character(text: str, at: int) -> bool:
    """Whether what stands before and after `at` is seen as one character."""
    before, after = text[at - 1], text[at]
    if _extends(after) or before == _JOINER:
        return True
    if _is_flag(before) and _is_flag(after):
        return _flags_before(text, at) % 2 == 1
    return _jamo(before) + _jamo(after) in _SYLLABLE


def _extends(char: str) -> bool:
    return (
        char == _JOINER
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    start = at
    while start and _is_flag(text[start - 1]):
        start -= 1
    return at - start


def _jamo(char: str) -> str:
    """Which part of a Korean syllable written in parts this is: leading, vowel, trailing."""
    if not "\u1100" <= char <= "\u11ff":
        return "-"
    return "L" if char < "\u1160" else "V" if char < "\u11a8" else "T"
