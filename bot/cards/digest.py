"""The digest: how a team did, at a glance, against the time before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.cards.card import Actions, Bar, Button, Card, Chart, Element, Facts, Rows, Style, Text, Tone
from bot.cards.digest_parts import (
    GoalView,
    HandoffsView,
    TalkView,
    goals_part,
    handoffs_part,
    talk_part,
)
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count, share, signed

_QUIET: Final = "A quiet time: nothing came in and nothing was missed."
_QUIET_BUT: Final = "A quiet time: nothing came in."
_NO_ANSWERS: Final = "no answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is counted of one period. `in_time` are those of `responded` that kept the promise; `missed` promises
    broke in it, whether or not somebody answered later."""

    opened: int = 0
    responded: int = 0
    in_time: int = 0
    resolved: int = 0
    dismissed: int = 0
    missed: int = 0
    missed_in_outage: int = 0
    handed_in: int = 0
    handed_out: int = 0
    escalations: int = 0

    @property
    def decided(self) -> int:
        """Promises kept or broken. A case that nobody answered has broken its promise too."""
        return self.in_time + max(self.missed, self.responded - self.in_time)

    @property
    def quiet(self) -> bool:
        return self == Numbers()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One page for a department, or for a person over several (then `parts` has a line for each).

    `period` says from when to when, `before` what it is compared with; `bars` are (label, cases opened).
    `waiting` are the cases that wait longest of `waiting_total` without an answer, counted up to `waiting_most`.
    With `before_name` ("the week before") a sentence says first how it went. `communities` are (title, cases opened
    now, cases opened then); `mute` are the words by which its reader wants it no more.
    """

    title: str
    period: str
    now: Numbers
    then: Numbers
    before: str
    bars: tuple[tuple[str, int], ...] = ()
    waiting: tuple[CaseRow, ...] = ()
    waiting_total: int = 0
    waiting_most: int = 1000
    parts: tuple[tuple[str, Numbers], ...] = ()
    so_far: bool = False
    before_name: str = ""
    communities: tuple[tuple[str, int, int], ...] = ()
    goals: tuple[GoalView, ...] = ()
    handoffs: HandoffsView = field(default_factory=HandoffsView)
    talk: TalkView = field(default_factory=TalkView)
    mute: str = ""


_ENOUGH: Final = 20
"""Of fewer cases than this a change in percent says more than there is to say."""
_DRAWN: Final = 3
"""So many cases make a picture; fewer are told by the number alone."""


def digest_card(view: DigestView) -> Card:
    """Numbers with their change, a chart, goals, handoffs, what was talked about, who waits longest. A quiet time takes
    one line."""
    elements: list[Element] = [Text(text=view.period, style=Style.MUTED)]
    if view.now.quiet:
        elements.append(Text(text=_QUIET_BUT if view.waiting else _QUIET))
    else:
        elements += [Text(text=_trend(view))] if view.before_name else []
        elements.append(Facts(rows=_rows(view)))
        elements += [_chart(view.bars)] if sum(value for _, value in view.bars) >= _DRAWN else []
        if not view.then.quiet:
            elements.append(Text(text=f"Changes are against {view.before}.", style=Style.MUTED))
        elements += _breakdown(view)
        elements += goals_part(view.goals)
        elements += handoffs_part(view.handoffs)
        elements += talk_part(view.talk)
    elements += waiting_part(view.waiting, view.waiting_total, view.waiting_most)
    elements += mute_part(view.mute)
    return Card(title=view.title, summary=_summary(view), tone=Tone.NEUTRAL, elements=tuple(elements))


def waiting_part(waiting: tuple[CaseRow, ...], total: int, most: int) -> tuple[Element, ...]:
    if not waiting:
        return ()
    number = f"{most:,} cases or more" if total >= most else count(total, "case")
    heading = f"Waiting longest ({number} without an answer)"
    return Text(text=heading, style=Style.STRONG), Rows(rows=tuple(case_row(row) for row in waiting))


def mute_part(words: str) -> tuple[Element, ...]:
    return (Actions(buttons=(Button(label="Mute", words=words),)),) if words else ()


def busy(now: Numbers, then: Numbers, before: str) -> str:
    """Busier than the week before: 212 cases opened (+18 %)"""
    opened = f"{count(now.opened, 'case')} opened"
    if not then.opened:
        return opened
    if now.opened == then.opened:
        return f"As busy as {before}: {opened}"
    how = "Busier" if now.opened > then.opened else "Calmer"
    if then.opened < _ENOUGH:
        return f"{how} than {before}: {opened}, {then.opened:,} then"
    return f"{how} than {before}: {opened} ({round(100 * (now.opened - then.opened) / then.opened):+,} %)"


def _trend(view: DigestView) -> str:
    """Busier than the week before: 212 cases opened (+18 %), 92 % answered in time (+4 points), 12 missed (-3)."""
    now, then, in_time = view.now, view.then, ""
    if now.decided:
        change = f" ({signed(_points(now, then))} points)" if then.decided else ""
        in_time = f"{100 * now.in_time // now.decided} % answered in time{change}"
    missed = (
        f"{now.missed:,} missed ({signed(now.missed - then.missed)})" if now.missed or then.missed else ""
    )
    said = (busy(now, then, view.before_name), in_time, missed)
    return f"{', '.join(part for part in said if part)}."


def _breakdown(view: DigestView) -> tuple[Element, ...]:
    """By department where there are several, and by community likewise."""
    departments = tuple((name, _part(numbers)) for name, numbers in view.parts)
    communities = tuple((name, f"{_changed(now, then)} opened") for name, now, then in view.communities)
    return tuple(Facts(rows=rows) for rows in (departments, communities) if rows)


def _rows(view: DigestView) -> tuple[tuple[str, str], ...]:
    now, then = view.now, view.then
    handed = f"{now.handed_in:,} in, {now.handed_out:,} out"
    handed_then = f"{signed(now.handed_in - then.handed_in)}, {signed(now.handed_out - then.handed_out)}"

    def changed(field: str) -> str:
        is_now, was = getattr(now, field), getattr(then, field)
        # Against a time in which nothing happened at all, every number would only be said twice.
        return f"{is_now:,}" if then.quiet else _changed(is_now, was)

    return (
        ("Opened", changed("opened")),
        ("Answered in time", _in_time(now, then)),
        ("Resolved", changed("resolved")),
        ("Dismissed", changed("dismissed")),
        ("Missed", changed("missed") + _in_outage(now)),
        ("Handed over", handed if then.quiet else f"{handed} ({handed_then})"),
        ("Escalations", changed("escalations")),
    )


def _changed(now: int, then: int) -> str:
    return f"{now:,} ({signed(now - then)})"


def _in_outage(now: Numbers) -> str:
    return f"; {now.missed_in_outage:,} more while Baton was down" if now.missed_in_outage else ""


def _in_time(now: Numbers, then: Numbers) -> str:
    if not now.decided:
        return _NO_ANSWERS
    said = share(now.in_time, now.decided)
    return f"{said} ({signed(_points(now, then))} points)" if then.decided else said


def _points(now: Numbers, then: Numbers) -> int:
    return 100 * now.in_time // now.decided - 100 * then.in_time // then.decided


def _part(numbers: Numbers) -> str:
    if numbers.quiet:
        return "quiet"
    parts = (
        f"{numbers.opened:,} opened",
        f"{share(numbers.in_time, numbers.decided)} in time" if numbers.decided else _NO_ANSWERS,
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
    in_time = f", {share(view.now.in_time, view.now.decided)} answered in time" if view.now.decided else ""
    return f"{view.title}: {view.now.opened:,} opened{in_time}, {view.now.missed:,} missed"
