"""Cases in rows, each with its next step."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.buttons import DeskWords, actions
from bot.cards.card import Button, Card, Element, OpenLink, Press, Row, Rows, Style, Text, Tone
from bot.cards.phrases import amount
from bot.cards.trim import line

_SAID = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in a list. `said` is a stranger's; `claimable` and `acceptable` are for this reader."""

    number: int
    priority: str
    department: str
    said: str = ""
    state: str = ""
    due: str = ""
    tone: Tone = Tone.NEUTRAL
    claimable: bool = False
    acceptable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """`total` counts all pages, up to COUNTED; `more` are the words for the next one; `empty` says what to do instead."""

    title: str
    rows: tuple[CaseRow, ...] = ()
    total: int = 0
    more: str = ""
    empty: str = ""
    try_next: tuple[str, ...] = ()


def list_card(view: ListView) -> Card:
    """The cases, or what to do when there are none."""
    buttons: tuple[Button, ...] = tuple(Button(label=words, words=words) for words in view.try_next)
    if not view.rows:
        elements: tuple[Element, ...] = (Text(text=view.empty), *actions(buttons))
        return Card(title=view.title, summary=f"{view.title}: {view.empty}", elements=elements)
    total = f"{amount(view.total)} {'case' if view.total == 1 else 'cases'}"
    shown = f"{len(view.rows)} of {total}" if view.total > len(view.rows) else total
    if view.more:
        buttons = (Button(label="More", words=view.more), *buttons)
    return Card(
        title=view.title,
        summary=f"{view.title}: {shown}",
        elements=(
            Text(text=shown, style=Style.MUTED),
            Rows(rows=tuple(case_row(row) for row in view.rows)),
            *actions(buttons),
        ),
    )


def case_row(row: CaseRow) -> Row:
    """A case in one line, with the most likely next step and Show."""
    words = DeskWords(row.number)
    step: tuple[Button | OpenLink, ...] = ()
    if row.acceptable:
        step = (words.plain("Accept", "accept", Press.PRIMARY),)
    elif row.claimable:
        step = (words.claim(),)
    said = f" {line(row.said, _SAID)}" if row.said else ""
    return Row(
        text=f"{row.number} · {row.priority}{said}",
        detail=" · ".join(part for part in (row.department, row.state, row.due) if part),
        tone=row.tone,
        buttons=(*step, words.plain("Show", "show")),
    )
