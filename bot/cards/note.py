"""A note, as it stands below a case's card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Card, Style, Text
from bot.cards.trim import block, line

_LONGEST = 2000
_SUMMARY = 120
_EDITED = "edited"
_ANSWERS = "{by} answers for {department}"
_TAKEN_BACK = "({by} took this note back.)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What a colleague wrote for colleagues; `text` is None once they took it back.

    `answers_for` is the department that was asked and answers so.
    """

    number: int
    by: str
    at: str
    text: str | None
    edited: bool = False
    answers_for: str = ""


def note_card(view: NoteView) -> Card:
    """Who, when and what; of one that was taken back, only that."""
    if view.text is None:
        gone = _TAKEN_BACK.format(by=view.by)
        return Card(title="", summary=gone, elements=(Text(text=gone, style=Style.MUTED),))
    who = _ANSWERS.format(by=view.by, department=view.answers_for) if view.answers_for else view.by
    head = " · ".join((who, view.at, *((_EDITED,) if view.edited else ())))
    return Card(
        title="",
        summary=line(f"{view.by} on {view.number}: {view.text}", _SUMMARY),
        elements=(Text(text=head, style=Style.MUTED), Text(text=block(view.text, _LONGEST))),
    )
