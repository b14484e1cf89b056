"""What typed words mean where they are heard: a command, or a note on a case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

_NAMED: Final = re.compile(r"[/@]baton(?:[:,]?(?:\s+|$))", re.IGNORECASE)
_NOTE: Final = re.compile(
    r"note[:\s]\s*(?:[#]?(?P<case>\d{1,10})\b[:\s]*)?(?P<text>\S.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Command:
    """Words for Baton; empty for its bare name."""

    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note on the case in whose thread it was written."""

    text: str


Said: TypeAlias = Command | Note


def understood(text: str, *, called: bool, case_id: int | None) -> Said:
    """The meaning of `text` (plain) for us. `called`: it is for Baton, by a mention or because nobody else reads it.

    So are `@Baton …` and `/baton …` typed as mere text, which people do where the list of names did not open. In a
    case's thread anything else is a note; elsewhere it is a command too.
    """
    text = text.strip()
    named = _NAMED.match(text)
    if called or named or case_id is None:
        words = text[named.end() :] if named else text
        return _note(words, case_id) or Command(words)
    return Note(text)


def _note(words: str, case_id: int | None) -> Note | None:
    """A note typed as a command in its own case's thread is the same as the bare words there."""
    typed = _NOTE.fullmatch(words) if case_id is not None else None
    if typed is None or typed["case"] not in (None, str(case_id)):
        return None
    return Note(typed["text"])
