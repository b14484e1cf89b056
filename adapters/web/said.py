"""What typed text means where it was typed: a command, a note on a case, or words to colleagues."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

_NAMED: Final = re.compile(r"[/@]baton(?:[:,]?(?:\s+|$))", re.IGNORECASE)
_NOTE: Final = re.compile(
    r"note[:\s]\s*(?:[#]?(?P<case>\d{1,10})\b[:\s]*)?(?P<text>\S.*)", re.IGNORECASE | re.DOTALL
)
_SLASH: Final = re.compile(r"/([\w?-]+)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Command:
    """Words for Baton; empty for the bare `/baton`."""

    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note on the case, and the words that say so to Baton."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Chatter:
    """Colleagues talking; no concern of Baton's."""

    text: str


Said: TypeAlias = Command | Note | Chatter


def understood(text: str, *, verbs: Collection[str], direct: bool, case_id: int | None) -> Said:
    """The meaning of `text`. `/baton …`, `@baton …` and a slash with a known verb are commands anywhere.

    Anything else is a note in a case's thread, and in the direct conversation with Baton a command too.
    """
    text = text.strip()
    words = _words(text, verbs)
    if words is not None:
        return _note(words, case_id) or Command(words)
    if case_id is not None:
        return Note(text, f"note {case_id} {text}")
    return Command(text) if direct else Chatter(text)


def _words(text: str, verbs: Collection[str]) -> str | None:
    """What is said to Baton by name or with a slash; None when Baton is not spoken to."""
    if named := _NAMED.match(text):
        return text[named.end() :].strip()
    if text == "/" or ((slash := _SLASH.match(text)) and slash[1].lower() in verbs):
        return text[1:]
    return None


def _note(words: str, case_id: int | None) -> Note | None:
    """A note typed as a command in its own case's thread is the same as the bare words there."""
    typed = _NOTE.fullmatch(words) if case_id is not None else None
    if typed is None or typed["case"] not in (None, str(case_id)):
        return None
    return Note(typed["text"], f"note {case_id} {typed['text']}")
