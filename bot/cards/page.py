"""A page: somebody is asked to look now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.buttons import DeskWords, actions, open_post
from bot.cards.card import Button, Card, Element, Facts, OpenLink, Style, Text, Tone
from bot.cards.case import quote
from bot.cards.trim import line
from bot.cards.views import MentionView

_INSTEAD = "You are asked in place of {away}, who is away."
_WHY = 400
_SUMMARY = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page to one person. `before` says who was paged earlier, `instead_of` who is away and was meant, `answered` by whom it was answered."""

    number: int
    department: str
    priority: str
    why: str
    by: str
    mention: MentionView | None = None
    mentions: int = 1
    owner: str = ""
    before: str = ""
    instead_of: str = ""
    due: str = ""
    answered: str = ""
    can_pass: bool = True


def page_card(view: PageView) -> Card:
    """Why it came, what was said, and what to press; when it was answered, only that."""
    heading = f"{view.number} · {view.department} · {view.priority}"
    why = line(view.why, _WHY)
    if view.answered:
        sentence = f"{view.number}: {view.answered}"
        was = (Text(text=f"The reason: {why}", style=Style.MUTED),) if why else ()
        shown = (Text(text=view.answered), *was)
        return Card(title=heading, summary=sentence, tone=Tone.DONE, elements=shown)
    elements: list[Element] = [Text(text=f"{view.by} asks you to look now: {why}", style=Style.STRONG)]
    elements += [Text(text=_INSTEAD.format(away=view.instead_of))] if view.instead_of else []
    elements += [quote(view.mention)] if view.mention else []
    rows = (
        ("Owner", view.owner or "nobody yet"),
        ("Due", view.due),
        ("Paged before", view.before),
        ("Mentions", f"{view.mentions:,}" if view.mentions > 1 else ""),
    )
    elements.append(Facts(rows=tuple((name, value) for name, value in rows if value)))
    return Card(
        title=heading,
        summary=line(f"{heading} needs you now: {view.why}", _SUMMARY),
        tone=Tone.ALARM,
        elements=(*elements, *actions(_buttons(view))),
    )


def _buttons(view: PageView) -> tuple[Button | OpenLink, ...]:
    words = DeskWords(view.number)
    passing = (words.pass_on(),) if view.can_pass else ()
    return (
        words.acknowledge(),
        words.take("Take it"),
        *passing,
        *open_post(view.mention),
        words.plain("Show", "show"),
    )
