"""Home: what waits for one person, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Actions, Button, Card, Element, Facts, Press, Rows, Style, Text, Tone
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count

_FREE = "Nothing waits for you. “Next” brings the most urgent case that nobody has."


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A department's queue. `oldest` says since when its oldest case waits, `on_call` who is turned to."""

    department: str
    unclaimed: int
    claimed: int
    oldest: str = ""
    on_call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """One person's desk. `claims_total` counts claims beyond those shown."""

    name: str
    pages: tuple[CaseRow, ...] = ()
    offers: tuple[CaseRow, ...] = ()
    claims: tuple[CaseRow, ...] = ()
    claims_total: int = 0
    due_soon: tuple[CaseRow, ...] = ()
    queues: tuple[QueueView, ...] = ()


def home_card(view: HomeView) -> Card:
    """Pages first, then offers, own claims, what is due soon, and the queues with who is on call."""
    elements: list[Element] = []
    for heading, rows in (
        ("Pages for you", view.pages),
        ("Offered to your departments", view.offers),
        (_claims(view), view.claims),
        ("Due soon, nobody has them", view.due_soon),
    ):
        if rows:
            elements.append(Text(text=heading, style=Style.STRONG))
            elements.append(Rows(rows=tuple(case_row(row) for row in rows)))
    if not elements:
        elements.append(Text(text=_FREE))
    if view.queues:
        elements.append(Facts(rows=tuple((queue.department, _queue(queue)) for queue in view.queues)))
    elements.append(Actions(buttons=_quick()))
    tone = Tone.ALARM if view.pages else Tone.NEUTRAL
    return Card(title=f"Your desk, {view.name}", summary=_summary(view), tone=tone, elements=tuple(elements))


def _claims(view: HomeView) -> str:
    more = view.claims_total - len(view.claims)
    return f"Your claims ({more:,} more: list mine)" if more > 0 else "Your claims"


def _queue(queue: QueueView) -> str:
    waiting = f"{queue.unclaimed:,} unclaimed" + (f", oldest {queue.oldest}" if queue.oldest else "")
    on_call = f" · on call: {queue.on_call}" if queue.on_call else ""
    return f"{waiting} · {queue.claimed:,} claimed{on_call}"


def _quick() -> tuple[Button, ...]:
    return (
        Button(label="Next", words="next", style=Press.PRIMARY),
        Button(label="My claims", words="list mine"),
        Button(label="List", words="list"),
        Button(label="Help", words="help"),
    )


def _summary(view: HomeView) -> str:
    parts = [
        count(len(view.pages), "page") if view.pages else "",
        count(len(view.offers), "offer") if view.offers else "",
        count(view.claims_total, "claim"),
        f"{sum(queue.unclaimed for queue in view.queues):,} unclaimed",
    ]
    return f"Your desk: {', '.join(part for part in parts if part)}"
