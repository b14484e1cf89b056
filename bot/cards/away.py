"""What happened while the desk itself was down: for a department's channel, for who is paged, for who holds claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.buttons import DeskWords, actions
from bot.cards.card import Button, Card, Element, Facts, Press, Row, Rows, Style, Text, Tone
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count

CLAIM_NEXT: Final = "claim next"
ACK_ALL: Final = "ack all"

_TITLE: Final = "While you were away · {period}"
_NOBODY: Final = "Nothing waits that nobody has. Well done."
_TAKEN: Final = "{taken} of {all} taken. The worst first:"
_ALL_TAKEN: Final = "All of the worst {all} are taken."
_MORE: Final = "And {more} more{late}: their cards follow as these are taken. Claim next brings the worst."
_LATE: Final = ", {late} of them late"
_URGENT: Final = "You would have been paged about {cases}. Nobody has answered yet."
_PAGED: Final = "You are asked to look now at {cases}. Nobody has answered yet."
_CALM: Final = "Nothing urgent waits for you."
_ANSWERED: Final = "{cases} answered meanwhile."
_CLAIMS: Final = "Your claims and their clocks went on: nothing lapsed while nobody could press Extend."


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayView:
    """What waited. `period` is when the desk did not work, `why` a sentence about that.

    `rows` are the worst cases as they stand now, `taken` how many of them somebody has; `more` wait beside them.
    """

    period: str
    why: str
    at: str
    posts: int = 0
    free: int = 0
    late: int = 0
    missed: int = 0
    prolonged: int = 0
    woken: int = 0
    rows: tuple[CaseRow, ...] = ()
    taken: int = 0
    more: int = 0
    more_late: int = 0
    department: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayPageView:
    """The same for one person. `rows` are the worst of the `total` urgent cases that nobody has answered, `answered` counts the others;
    `paged` says that this person was paged about them."""

    period: str
    why: str
    rows: tuple[CaseRow, ...] = ()
    total: int = 0
    answered: int = 0
    paged: bool = False
    posts: int = 0
    missed: int = 0
    free: int = 0


def away_card(view: AwayView) -> Card:
    """Counts, the worst cases with their next step, and Claim next."""
    title = _TITLE.format(period=view.period)
    left = len(view.rows) - view.taken
    elements: list[Element] = [Text(text=view.why), Facts(rows=_numbers(view))]
    if view.rows:
        said = _TAKEN if left else _ALL_TAKEN
        elements.append(Text(text=said.format(taken=view.taken, all=len(view.rows)), style=Style.STRONG))
        elements.append(Rows(rows=tuple(case_row(row) for row in view.rows)))
    else:
        elements.append(Text(text=_NOBODY))
    if view.more:
        late = _LATE.format(late=f"{view.more_late:,}") if view.more_late else ""
        elements.append(Text(text=_MORE.format(more=f"{view.more:,}", late=late), style=Style.MUTED))
    buttons: tuple[Button, ...] = (Button(label="List", words=f"list open {view.department}"),)
    if left or view.more:
        buttons = (Button(label="Claim next", words=CLAIM_NEXT, style=Press.PRIMARY), *buttons)
    return Card(
        title=title,
        summary=f"{title}: {count(view.posts, 'post')} came, nobody has {count(view.free, 'case')}",
        tone=Tone.ALARM if left else Tone.DONE,
        elements=(*elements, *actions(buttons)),
    )


def _numbers(view: AwayView) -> tuple[tuple[str, str], ...]:
    late = f", {view.late:,} late" if view.late else ""
    went_on = (
        count(view.prolonged, "claim, offer or question", "claims, offers and questions")
        if view.prolonged
        else ""
    )
    rows = (
        ("Came meanwhile", count(view.posts, "post")),
        (f"Nobody had at {view.at}", f"{count(view.free, 'case')}{late}"),
        ("Missed while the desk was down", count(view.missed, "promise") if view.missed else ""),
        ("Got their time back", went_on),
        ("Back on the desk", count(view.woken, "case") if view.woken else ""),
    )
    return tuple((name, value) for name, value in rows if value)


def away_page_card(view: AwayPageView) -> Card:
    """What happened, how many, and the urgent cases that nobody has answered, to be acknowledged together."""
    title = _TITLE.format(period=view.period)
    cases = count(view.total, "urgent case")
    said = (_PAGED if view.paged else _URGENT).format(cases=cases) if view.rows else _CALM
    elements: list[Element] = [Text(text=view.why)]
    numbers = (
        ("Came meanwhile", count(view.posts, "post") if view.posts else ""),
        ("Nobody had", count(view.free, "case") if view.free else ""),
        ("Missed while the desk was down", count(view.missed, "promise") if view.missed else ""),
    )
    shown = tuple((name, value) for name, value in numbers if value)
    elements += [Facts(rows=shown)] if shown else []
    elements.append(Text(text=said, style=Style.STRONG))
    elements += [Rows(rows=tuple(_urgent_row(row) for row in view.rows))] if view.rows else []
    if view.answered:
        elements.append(Text(text=_ANSWERED.format(cases=count(view.answered, "case")), style=Style.MUTED))
    everything = Button(label="Acknowledge all", words=ACK_ALL, style=Press.PRIMARY)
    buttons = (*((everything,) if view.rows else ()), Button(label="Escalated", words="list escalated"))
    return Card(
        title=title,
        summary=f"{title}: {said}",
        tone=Tone.ALARM if view.rows else Tone.DONE,
        elements=(*elements, *actions(buttons)),
    )


def _urgent_row(row: CaseRow) -> Row:
    words = DeskWords(row.number)
    plain = case_row(row)
    return Row(
        text=plain.text,
        detail=plain.detail,
        tone=plain.tone,
        buttons=(words.take("Take it"), words.plain("Show", "show")),
    )


def away_claims_card(period: str, why: str, rows: tuple[CaseRow, ...], total: int) -> Card:
    """The claims of one person, once for all of them."""
    title = _TITLE.format(period=period)
    mine = count(total, "claim")
    return Card(
        title=title,
        summary=f"{title}: your {mine} went on",
        tone=Tone.WAITING,
        elements=(
            Text(text=why),
            Text(text=_CLAIMS),
            Text(text=f"You answer for {count(total, 'case')}.", style=Style.MUTED),
            Rows(rows=tuple(case_row(row) for row in rows)),
            *actions((Button(label="My claims", words="list mine"),)),
        ),
    )
