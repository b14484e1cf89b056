"""A note, as it stands below a case's card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Card, Style, Text
from bot.cards.trim import block, line

_LONGEST = 2000
_SUMMARY = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What a colleague wrote for colleagues."""

    number: int
    by: str
    at: str
    text: str


def note_card(view: NoteView) -> Card:
    head = f"{view.by} · {view.at}"
    return Card(
        title="",
        summary=line(f"{view.by} on {view.number}: {view.text}", _SUMMARY),
        elements=(Text(text=head, style=Style.MUTED), Text(text=block(view.text, _LONGEST))),
    )
