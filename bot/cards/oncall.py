"""Who is turned to right now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cards.card import Card, Element, Facts, Row, Rows, Style, Text, Tone

_NOBODY = "nobody: ask a lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallView:
    """One department's duty. `hours` says when it closes or opens; `ladder` who is paged, step by step;
    `absent` who is away until when, and who covers."""

    department: str
    duty: str
    away: str = ""
    contact: str = ""
    open: bool = True
    hours: str = ""
    leads: str = ""
    next: str = ""
    ladder: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def oncall_card(views: tuple[OnCallView, ...], frozen: tuple[str, ...] = ()) -> Card:
    """One department in full, or all of them in a row each; before them what is `frozen` there."""
    stops = tuple(Text(text=said, style=Style.STRONG) for said in frozen)
    card = _one(views[0]) if len(views) == 1 else _all(views)
    return replace(card, elements=(*stops, *card.elements))


def _all(views: tuple[OnCallView, ...]) -> Card:
    rows = tuple(
        Row(
            text=f"{view.department}: {view.duty or _NOBODY}",
            detail=" · ".join(part for part in (view.hours, view.away, view.contact, *view.absent) if part),
            tone=Tone.OPEN if view.open else Tone.WAITING,
        )
        for view in views
    )
    return Card(
        title="On call now", summary=f"On call now in {len(views)} departments", elements=(Rows(rows=rows),)
    )


def _one(view: OnCallView) -> Card:
    facts = (
        ("On call", view.duty or _NOBODY),
        ("At work", view.away),
        ("Contact", view.contact),
        ("Hours", view.hours),
        ("Next in turn", view.next),
        ("Leads", view.leads),
        ("Away", "; ".join(view.absent)),
    )
    elements: list[Element] = [Facts(rows=tuple((name, value) for name, value in facts if value))]
    if view.ladder:
        elements.append(Text(text="If a case must not wait", style=Style.STRONG))
        elements.append(Rows(rows=tuple(Row(text=step) for step in view.ladder)))
    return Card(
        title=f"On call for {view.department}",
        summary=f"On call for {view.department}: {view.duty or _NOBODY}",
        elements=tuple(elements),
    )
