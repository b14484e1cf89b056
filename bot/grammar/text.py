"""What people type, cut into words. Tolerates typography; forgets nothing that was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 8_000
"""Characters that one command may have."""

_WORD: Final = re.compile(r"\S+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE: Final = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]"
)
_SAME: Final = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "ı": "i"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text. `said` is readable, without invisible letters; `key` is for comparing.

    `start` is where it begins in the text it was cut from. `key` is empty for mere punctuation.
    """

    said: str
    key: str
    start: int


def clean(text: str) -> str:
    """The text without what nobody can type and no database keeps: controls and torn surrogates."""
    return _CONTROLS.sub("", text)


def words_of(text: str) -> tuple[Word, ...]:
    """Its words in order; letters that cannot be seen make no word."""
    found = []
    for match in _WORD.finditer(text):
        said = unicodedata.normalize("NFKC", _INVISIBLE.sub("", match.group())).translate(_SAME).strip()
        if said:
            found.append(Word(said=said, key=key_of(said), start=match.start()))
    return tuple(found)


def fold(text: str) -> str:
    """Without case, accents and typography: "Mañana" and "manana" are one."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_SAME).casefold()
    marks_apart = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in marks_apart if not unicodedata.combining(letter))


def key_of(said: str) -> str:
    """The word as it is compared: folded, and without the punctuation around it."""
    folded = fold(said)
    first = next((at for at, letter in enumerate(folded) if letter.isalnum()), None)
    if first is None:
        return ""
    last = next(at for at in range(len(folded) - 1, -1, -1) if folded[at].isalnum())
    return folded[first : last + 1]


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of its words, mere punctuation left out."""
    return tuple(word.key for word in words_of(text) if word.key)


def rest_of(text: str, words: Sequence[Word], at: int) -> str:
    """The text from the word at that place on, exactly as typed, without the white space around it."""
    return text[words[at].start :].strip() if at < len(words) else ""
