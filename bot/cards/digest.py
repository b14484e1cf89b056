"""The digest: how a team did, at a glance, against the time before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import Bar, Card, Chart, Element, Facts, Rows, Style, Text, Tone
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count, share, signed

_QUIET: Final = "A quiet time: nothing came in and nothing was missed."
_QUIET_BUT: Final = "A quiet time: nothing came in."
_NO_ANSWERS: Final = "no answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is counted of one period. `in_time` are those of `responded` that kept the promise."""

    opened: int = 0
    responded: int = 0
    in_time: int = 0
    resolved: int = 0
    dismissed: int = 0
    missed: int = 0
    handed_in: int = 0
    handed_out: int = 0
    escalations: int = 0

    @property
    def quiet(self) -> bool:
        return self == Numbers()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One page for a department, or for a person over several (then `parts` has a line for each).

    `period` says from when to when, `before` what it is compared with; `bars` are (label, cases opened).
    `waiting` are the cases that wait longest of `waiting_total` without an answer.
    """

    title: str
    period: str
    now: Numbers
    then: Numbers
    before: str
    bars: tuple[tuple[str, int], ...] = ()
    waiting: tuple[CaseRow, ...] = ()
    waiting_total: int = 0
    parts: tuple[tuple[str, Numbers], ...] = ()
    so_far: bool = False


def digest_card(view: DigestView) -> Card:
    """Numbers with their change, a chart, who waits longest. A quiet time takes one line."""
    elements: list[Element] = [Text(text=view.period, style=Style.MUTED)]
    if view.now.quiet:
        elements.append(Text(text=_QUIET_BUT if view.waiting else _QUIET))
    else:
        elements.append(Facts(rows=_rows(view)))
        elements += [_chart(view.bars)] if sum(value for _, value in view.bars) else []
        elements.append(Text(text=f"Changes are against {view.before}.", style=Style.MUTED))
    busy = tuple((name, _part(numbers)) for name, numbers in view.parts)
    elements += [Facts(rows=busy)] if busy and not view.now.quiet else []
    if view.waiting:
        heading = f"Waiting longest ({count(view.waiting_total, 'case')} without an answer)"
        elements.append(Text(text=heading, style=Style.STRONG))
        elements.append(Rows(rows=tuple(case_row(row) for row in view.waiting)))
    return Card(title=view.title, summary=_summary(view), tone=Tone.NEUTRAL, elements=tuple(elements))


def _rows(view: DigestView) -> tuple[tuple[str, str], ...]:
    now, then = view.now, view.then
    handed = f"{now.handed_in:,} in, {now.handed_out:,} out"
    handed_then = f"{signed(now.handed_in - then.handed_in)}, {signed(now.handed_out - then.handed_out)}"
    return (
        ("Opened", _changed(now.opened, then.opened)),
        ("Answered in time", _in_time(now, then)),
        ("Resolved", _changed(now.resolved, then.resolved)),
        ("Dismissed", _changed(now.dismissed, then.dismissed)),
        ("Missed", _changed(now.missed, then.missed)),
        ("Handed over", f"{handed} ({handed_then})"),
        ("Escalations", _changed(now.escalations, then.escalations)),
    )


def _changed(now: int, then: int) -> str:
    return f"{now:,} ({signed(now - then)})"


def _in_time(now: Numbers, then: Numbers) -> str:
    if not now.responded:
        return _NO_ANSWERS
    said = share(now.in_time, now.responded)
    if not then.responded:
        return said
    points = 100 * now.in_time // now.responded - 100 * then.in_time // then.responded
    return f"{said} ({signed(points)} points)"


def _part(numbers: Numbers) -> str:
    if numbers.quiet:
        return "quiet"
    parts = (
        f"{numbers.opened:,} opened",
        f"{share(numbers.in_time, numbers.responded)} in time" if numbers.responded else _NO_ANSWERS,
        f"{numbers.missed:,} missed" if numbers.missed else "",
        count(numbers.escalations, "escalation") if numbers.escalations else "",
    )
    return ", ".join(part for part in parts if part)


def _chart(bars: tuple[tuple[str, int], ...]) -> Chart:
    total, top = sum(value for _, value in bars), max(value for _, value in bars)
    busiest = next(label for label, value in bars if value == top)
    return Chart(
        title="Cases opened",
        bars=tuple(Bar(label=label, value=value, strong=value == top) for label, value in bars),
        alt=f"Busiest: {busiest}, with {top:,} of {count(total, 'case')} opened.",
    )


def _summary(view: DigestView) -> str:
    if view.now.quiet:
        return f"{view.title}: {_QUIET_BUT if view.waiting else _QUIET}"
    in_time = (
        f", {share(view.now.in_time, view.now.responded)} answered in time" if view.now.responded else ""
    )
    return f"{view.title}: {view.now.opened:,} opened{in_time}, {view.now.missed:,} missed"
