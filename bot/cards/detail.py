"""A case in full, for one reader: the card, every mention, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.buttons import DeskWords, actions, case_buttons
from bot.cards.card import Card, Element, Row, Rows, Style, Text
from bot.cards.case import body, quote, summary, title, tone
from bot.cards.phrases import count
from bot.cards.views import CaseView, MentionView

_HISTORY: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """`earlier` are the mentions before the newest, `history` (sentence, moment); both newest first."""

    case: CaseView
    earlier: tuple[MentionView, ...] = ()
    history: tuple[tuple[str, str], ...] = ()


def detail_card(view: DetailView) -> Card:
    elements: list[Element] = [
        *body(view.case),
        *actions(case_buttons(view.case, DeskWords(view.case.number))),
    ]
    if view.earlier:
        hidden = view.case.mentions - 1 - len(view.earlier)
        more = f" ({count(hidden, 'older one')} not shown)" if hidden > 0 else ""
        elements.append(Text(text=f"Earlier mentions{more}", style=Style.STRONG))
        elements += [quote(mention) for mention in view.earlier]
    if view.history:
        elements.append(Text(text="What happened", style=Style.STRONG))
        rows = tuple(Row(text=sentence, detail=at) for sentence, at in view.history[:_HISTORY])
        elements.append(Rows(rows=rows))
    if len(view.history) > _HISTORY:
        older = count(len(view.history) - _HISTORY, "older entry", "older entries")
        elements.append(Text(text=f"and {older}", style=Style.MUTED))
    return Card(
        title=title(view.case), summary=summary(view.case), tone=tone(view.case), elements=tuple(elements)
    )
