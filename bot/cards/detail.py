"""A case in full, for one reader: the card, every mention, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.buttons import DeskWords, actions, case_buttons, only
from bot.cards.card import Actions, Button, Card, Element, Row, Rows, Style, Text
from bot.cards.case import body, merged_card, quote, summary, title, tone
from bot.cards.frozen import freeze_button, thaw_button
from bot.cards.phrases import count
from bot.cards.views import CaseView, MentionView

_HISTORY: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """`earlier` are the mentions before the newest, `history` (sentence, moment); both newest first.
    `posts` are those that can be taken out, (number, whose and what), where there are several.

    `tags_in_use` are those that the department uses most; `can_freeze`, `can_thaw` what the reader may with this case.
    """

    case: CaseView
    earlier: tuple[MentionView, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    tags_in_use: tuple[str, ...] = ()
    can_freeze: bool = False
    can_thaw: bool = False
    posts: tuple[tuple[str, str], ...] = ()


def detail_card(view: DetailView) -> Card:
    if view.case.merged_into is not None:
        return _merged(view)
    words = DeskWords(view.case.number)
    elements: list[Element] = [
        *body(view.case),
        *actions((*case_buttons(view.case, words), *_restrict(view.case, words), *_gathering(view, words))),
        *_keeping(view),
    ]
    if view.earlier:
        hidden = view.case.mentions - 1 - len(view.earlier)
        more = f" ({count(hidden, 'older one')} not shown)" if hidden > 0 else ""
        elements.append(Text(text=f"Earlier mentions{more}", style=Style.STRONG))
        elements += [quote(mention) for mention in view.earlier]
    elements += _history(view)
    return Card(
        title=title(view.case), summary=summary(view.case), tone=tone(view.case), elements=tuple(elements)
    )


def _history(view: DetailView) -> list[Element]:
    elements: list[Element] = []
    if view.history:
        elements.append(Text(text="What happened", style=Style.STRONG))
        rows = tuple(Row(text=sentence, detail=at) for sentence, at in view.history[:_HISTORY])
        elements.append(Rows(rows=rows))
    if len(view.history) > _HISTORY:
        older = count(len(view.history) - _HISTORY, "older entry", "older entries")
        elements.append(Text(text=f"and {older}", style=Style.MUTED))
    return elements


def _merged(view: DetailView) -> Card:
    """A merged case: who answers now, what it holds, and its own history."""
    short = merged_card(view.case)
    quoted = (quote(view.case.mention),) if view.case.mention else ()
    earlier = tuple(quote(mention) for mention in view.earlier)
    return Card(
        title=title(view.case),
        summary=short.summary,
        tone=short.tone,
        elements=(*short.elements[:-1], *quoted, *earlier, *_history(view), short.elements[-1]),
    )


def _gathering(view: DetailView, words: DeskWords) -> tuple[Button, ...]:
    """Which posts are one matter, for who may say so."""
    if view.case.verbs is None or view.case.closed:
        return ()
    split = (words.split(view.posts),) if len(view.posts) > 1 else ()
    return only((words.merge(), *split), view.case.verbs)


def _restrict(view: CaseView, words: DeskWords) -> tuple[Button, ...]:
    """Only here, and only for who may: it is not pressed by accident on a card that many see."""
    return (words.restrict(view.who_else),) if view.verbs is not None and "restrict" in view.verbs else ()


def _keeping(view: DetailView) -> tuple[Actions, ...]:
    """What is done about a case rather than in it, for one reader: its tags, and whether anything may be published."""
    if view.case.verbs is None:
        return ()
    number = str(view.case.number)
    buttons = (
        *only((DeskWords(view.case.number).tag(view.tags_in_use),), view.case.verbs),
        *((freeze_button(number, "Freeze publishing"),) if view.can_freeze else ()),
        *((thaw_button(number),) if view.can_thaw else ()),
    )
    return (Actions(buttons=buttons),) if buttons else ()
