"""The champion's page: how the communities they stand up for were served, short enough to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.cards.card import Bar, Card, Chart, Element, Facts, Style, Text, Tone
from bot.cards.digest import Numbers, busy, mute_part, waiting_part
from bot.cards.digest_parts import (
    GoalView,
    HandoffsView,
    TalkView,
    goals_part,
    handoffs_part,
    span_words,
    talk_part,
)
from bot.cards.list import CaseRow
from bot.cards.phrases import count, joined
from bot.domain.alarms.urgent import Urgencies
from bot.domain.events import Kind

_QUIET: Final = "A quiet time: nothing came in, and nobody had to be paged."
_URGENT: Final = "Escalated"
_BETTER: Final = "Better: {what}."
_WORSE: Final = "Worse: {what}."
_ENDS: Final = {
    Kind.CLAIMED: "claimed",
    Kind.TAKEN: "taken over",
    Kind.ASSIGNED: "assigned",
    Kind.ACCEPTED: "accepted elsewhere",
    Kind.NOTED: "noted",
    Kind.WAITING: "set waiting",
    Kind.RESOLVED: "resolved",
    Kind.DISMISSED: "dismissed",
}
_POINTS: Final = 2
"""Percent points of change that are worth a word."""
_SLOWER: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChampionView:
    """`opened` are (community, cases opened). The rest is as in a department's digest, over all communities that its
    reader champions. `urgent` are the escalations, `urgent_before` those of the time before."""

    title: str
    period: str
    before_name: str
    now: Numbers
    then: Numbers
    opened: tuple[tuple[str, int], ...] = ()
    goals: tuple[GoalView, ...] = ()
    urgent: Urgencies = field(default_factory=Urgencies)
    urgent_before: Urgencies = field(default_factory=Urgencies)
    handoffs: HandoffsView = field(default_factory=HandoffsView)
    handoffs_before: HandoffsView = field(default_factory=HandoffsView)
    talk: TalkView = field(default_factory=TalkView)
    waiting: tuple[CaseRow, ...] = ()
    waiting_total: int = 0
    waiting_most: int = 1000
    mute: str = ""


def champion_card(view: ChampionView) -> Card:
    """What got better or worse, goals, escalations and how they ended, handoffs, topics, the worst waits."""
    elements: list[Element] = [Text(text=view.period, style=Style.MUTED)]
    if view.now.quiet and not view.urgent.begun:
        elements.append(Text(text=_QUIET))
    else:
        elements += [Text(text=line) for line in (_first(view), *_changes(view))]
        elements += goals_part(view.goals)
        elements += _chart(view)
        elements += _urgent(view.urgent)
        elements += handoffs_part(view.handoffs)
        elements += talk_part(view.talk)
    elements += waiting_part(view.waiting, view.waiting_total, view.waiting_most)
    elements += mute_part(view.mute)
    return Card(title=view.title, summary=_summary(view), tone=Tone.NEUTRAL, elements=tuple(elements))


def _first(view: ChampionView) -> str:
    """How much there was to do, and what became of the goals. The desk's own promises are the departments' matter."""
    return f"{busy(view.now, view.then, view.before_name)}{_kept(view)}."


def _kept(view: ChampionView) -> str:
    decided = [goal for goal in view.goals if goal.kept is not None]
    kept = sum(1 for goal in decided if goal.kept)
    return f", {kept} of {count(len(decided), 'goal')} reached" if decided else ""


def _changes(view: ChampionView) -> tuple[str, ...]:
    """What got better and what got worse. Nothing where there was nothing before."""
    if view.then.quiet and not view.urgent_before.begun:
        return ()
    better: list[str] = []
    worse: list[str] = []
    for goal in view.goals:
        if goal.points is not None and abs(goal.points) >= _POINTS:
            said = f"{goal.community} {goal.points:+d} points towards its goal"
            (better if goal.points > 0 else worse).append(said)
    now, then = view.urgent, view.urgent_before
    if now.took is not None and then.took is not None and abs(now.took - then.took) >= _SLOWER:
        said = f"pages answered after {span_words(now.took)} (was {span_words(then.took)})"
        (better if now.took < then.took else worse).append(said)
    if now.reached_nobody > then.reached_nobody:
        worse.append(f"{count(now.reached_nobody, 'escalation')} reached nobody")
    came_back, before = _came_back(view.handoffs), _came_back(view.handoffs_before)
    if came_back != before and max(came_back, before) > 1:
        said = f"{count(came_back, 'handoff')} came back (was {before:,})"
        (better if came_back < before else worse).append(said)
    lines = ((_BETTER, better), (_WORSE, worse))
    return tuple(line.format(what="; ".join(what)) for line, what in lines if what)


def _came_back(view: HandoffsView) -> int:
    return sum(counts.failed for _, counts in view.ways)


def _chart(view: ChampionView) -> tuple[Element, ...]:
    opened = [(name, value) for name, value in view.opened if value]
    if len(opened) < 2:
        return ()
    top = max(value for _, value in opened)
    said = joined(tuple(f"{name} {value:,}" for name, value in opened))
    bars = tuple(Bar(label=name, value=value, strong=value == top) for name, value in opened)
    return (Chart(title="Cases opened, by community", bars=bars, alt=f"{said}."),)


def _urgent(urgent: Urgencies) -> tuple[Element, ...]:
    if not urgent.begun:
        return ()
    ends = tuple(f"{number:,} {_ENDS[kind]}" for kind, number in urgent.ends)
    other = urgent.begun - urgent.running - sum(number for _, number in urgent.ends)
    how = (
        *ends,
        f"{other:,} ended otherwise" if other else "",
        f"{urgent.running:,} still running" if urgent.running else "",
    )
    rows = [("Cases", f"{urgent.begun:,}: {', '.join(part for part in how if part)}")]
    if urgent.pages:
        rows.append(("Pages", _pages(urgent)))
    return Text(text=_URGENT, style=Style.STRONG), Facts(rows=tuple(rows))


def _pages(urgent: Urgencies) -> str:
    parts = [f"{urgent.pages:,} sent"]
    if urgent.took is not None:
        parts.append(f"answered after {span_words(urgent.took)} (the median)")
    else:
        parts.append("none answered yet")
    if urgent.slowest is not None and urgent.answered > 1:
        length, case = urgent.slowest
        parts.append(f"at the slowest {span_words(length)} ({case})")
    if urgent.reached_nobody:
        parts.append(f"{count(urgent.reached_nobody, 'escalation')} reached nobody")
    return ", ".join(parts)


def _summary(view: ChampionView) -> str:
    escalated = f", {count(view.urgent.begun, 'escalation')}" if view.urgent.begun else ""
    return f"{view.title}: {count(view.now.opened, 'case')} opened{_kept(view)}{escalated}"
