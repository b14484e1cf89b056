"""The board: every department at a glance. Counts and names of colleagues; never a customer's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import Bar, Button, Card, Chart, Element, Row, Rows, Style, Text, Tone
from bot.cards.digest_parts import GoalView, goals_part
from bot.cards.phrases import count, joined

TITLE: Final = "All departments"
NOBODY: Final = "There is no department that you can see. An admin gives roles in the desk's policy."
_SHUT: Final = "Without {who}: restricted departments are counted for their own people."
_CALM: Final = "nothing waits"
_ARRIVALS: Final = "Cases that arrived today, by the hour"
_BUSIEST: Final = "Busiest: the hour from {hour}, with {top:,} of {all}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentView:
    """One department now. `oldest` says how long the oldest case that nobody has waits; `on_call` is a name.

    `today` are arrivals of each hour since midnight, `then` those of the same weekday a week ago, all 24 hours.
    """

    name: str
    title: str
    unclaimed: int = 0
    claimed: int = 0
    late: int = 0
    escalated: int = 0
    offered: int = 0
    oldest: str = ""
    on_call: str = ""
    today: tuple[int, ...] = ()
    then: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """`at` is when it was counted, `day` the weekday, both in the reader's wall clock; `goals` are those of today."""

    departments: tuple[DepartmentView, ...] = ()
    goals: tuple[GoalView, ...] = ()
    at: str = ""
    day: str = ""
    shut: tuple[str, ...] = ()
    """Titles of restricted departments that this reader has no row of."""


def board_card(view: BoardView) -> Card:
    """The board for a chat: a line for each department, the day's arrivals, and the goals."""
    if not view.departments:
        return Card(title=TITLE, summary=NOBODY, elements=(Text(text=NOBODY),))
    elements: list[Element] = [
        Text(text=f"Now, {view.at}", style=Style.MUTED),
        Rows(rows=tuple(_row(each) for each in view.departments)),
    ]
    elements += [Text(text=said, style=Style.MUTED)] if (said := shut_words(view)) else []
    elements += _arrivals(view)
    elements += goals_part(view.goals)
    return Card(title=TITLE, summary=_summary(view), tone=_tone(view), elements=tuple(elements))


def shut_words(view: BoardView) -> str:
    """That "all" is not quite all; blank where it is."""
    return _SHUT.format(who=joined(view.shut)) if view.shut else ""


def state_words(of: DepartmentView) -> str:
    """What waits in the department, the most pressing first."""
    parts = (
        f"{of.late:,} late" if of.late else "",
        count(of.escalated, "escalation") if of.escalated else "",
        f"{of.unclaimed:,} unclaimed" if of.unclaimed else "",
        f"oldest {of.oldest}" if of.oldest else "",
        f"{of.claimed:,} claimed" if of.claimed else "",
        f"{count(of.offered, 'handoff')} to answer" if of.offered else "",
    )
    return ", ".join(part for part in parts if part) or _CALM


def _row(of: DepartmentView) -> Row:
    on_call = f"on call: {of.on_call}" if of.on_call else "nobody on call"
    tone = Tone.ALARM if of.late or of.escalated else Tone.OPEN if of.unclaimed or of.offered else Tone.DONE
    show = (Button(label="Open cases", words=f"list open {of.name}"),) if of.unclaimed or of.claimed else ()
    return Row(text=f"{of.title}: {state_words(of)}", detail=on_call, tone=tone, buttons=show)


def _arrivals(view: BoardView) -> tuple[Element, ...]:
    hours = tuple(map(sum, zip(*(each.today for each in view.departments), strict=True)))
    then = sum(sum(each.then[: len(each.today)]) for each in view.departments)
    if not sum(hours):
        return ()
    top = max(hours)
    bars = tuple(Bar(label=f"{h:02d}:00", value=n, strong=n == top) for h, n in enumerate(hours))
    alt = _BUSIEST.format(hour=bars[hours.index(top)].label, top=top, all=count(sum(hours), "case"))
    compared = f"{sum(hours):,} today until now; {then:,} until the same hour last {view.day}."
    return (Chart(title=_ARRIVALS, bars=bars, alt=alt), Text(text=compared, style=Style.MUTED))


def _tone(view: BoardView) -> Tone:
    return Tone.ALARM if any(each.late or each.escalated for each in view.departments) else Tone.NEUTRAL


def _summary(view: BoardView) -> str:
    free, late = sum(d.unclaimed for d in view.departments), sum(d.late for d in view.departments)
    return f"{TITLE}: {free:,} unclaimed, {late:,} late"
