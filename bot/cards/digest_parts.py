"""Parts that several digests share: goals, handoffs, what people talked about, a trend in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.cards.card import Element, Facts, Rows, Style, Text
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count, joined, share
from bot.domain.digests.topics import Topic
from bot.domain.shifts.handoff_quality import Handoffs

_GOALS: Final = "Goals of the communities, all departments together"
_HANDOFFS: Final = "Handoffs"
_TALK: Final = "Talked about more than usual"
_TALK_ALONE: Final = "Talked about most"
_POSTS: Final = "Most posts"
_HURTS: Final = "It hurts from {giver} to {receiver}: {failed} of {answered} came back{how}."
_SLOW: Final = "The slowest way is from {giver} to {receiver}: {took} until somebody accepts."
_TO_AND_FRO: Final = "Sent to and fro: {cases}."
_WAITING: Final = "{number} for an answer now, the oldest since {oldest} ({case})."
_MOST_NAMED: Final = 3
_MUCH_SLOWER: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """How one community's goal was kept. `goal` says it in words; `points` are against the time before, None when
    nothing was decided then; `open` cases still have time."""

    community: str
    goal: str
    wanted: int
    percent: int = 0
    reached: int = 0
    decided: int = 0
    open: int = 0
    kept: bool | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    giver: str
    receiver: str
    counts: Handoffs


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffsView:
    """`ways` are titles of counts ("to us", "from us", or none for all); `sore` is where it hurts, `slow` the slowest
    pair where one stands out; `waiting` offers have no answer now, the `oldest` of them with its case."""

    ways: tuple[tuple[str, Handoffs], ...] = ()
    sore: PairView | None = None
    slow: PairView | None = None
    to_and_fro: tuple[int, ...] = ()
    waiting: int = 0
    oldest: tuple[str, int] | None = None

    @property
    def quiet(self) -> bool:
        return not any(counts.asked for _, counts in self.ways) and not self.to_and_fro and not self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkView:
    """`topics` are strangers' words; with `compared` they grew against the time before. `busiest` are cases with the
    number of posts they got. `tags` are ours, with how many cases got them. `usual` is this time as a share of the
    longer one with which it is compared."""

    topics: tuple[Topic, ...] = ()
    compared: bool = True
    usual: float | None = None
    busiest: tuple[tuple[CaseRow, int], ...] = ()
    tags: tuple[tuple[str, int], ...] = ()


def goals_part(goals: Sequence[GoalView]) -> tuple[Element, ...]:
    """Each goal that has cases, the missed ones first."""
    with_cases = [goal for goal in goals if goal.decided or goal.open]
    if not with_cases:
        return ()
    ordered = sorted(with_cases, key=lambda goal: (goal.kept is not False, goal.kept is None))
    return _titled(_GOALS, Facts(rows=tuple((goal.community, goal_words(goal)) for goal in ordered)))


def goal_words(goal: GoalView) -> str:
    """reached: 46 of 50 (92 %) first response within 1 hour, goal 90 % (+3 points)"""
    still = f"{count(goal.open, 'case')} still {'has' if goal.open == 1 else 'have'} time"
    if goal.kept is None:
        return f"nothing decided yet, {still} ({goal.goal}, goal {goal.wanted} %)"
    gap = goal.wanted - goal.percent
    said = "reached" if goal.kept else f"missed by {count(max(gap, 1), 'point')}"
    change = f", {goal.points:+d} points" if goal.points else ""
    rest = f"; {still}" if goal.open else ""
    return f"{said}: {share(goal.reached, goal.decided)} {goal.goal}, goal {goal.wanted} %{change}{rest}"


def handoffs_part(view: HandoffsView) -> tuple[Element, ...]:
    if view.quiet:
        return ()
    lines = [f"{title}: {_counts(counts)}." for title, counts in view.ways if counts.asked]
    if view.waiting and view.oldest is not None:
        since, case = view.oldest
        number = f"{view.waiting:,} {'waits' if view.waiting == 1 else 'wait'}"
        lines.append(_WAITING.format(number=number, oldest=since, case=case))
    if view.sore is not None:
        lines.append(_sore(view.sore))
    elif view.slow is not None and view.slow.counts.took is not None:
        took = span_words(view.slow.counts.took)
        lines.append(_SLOW.format(giver=view.slow.giver, receiver=view.slow.receiver, took=took))
    if view.to_and_fro:
        lines.append(_TO_AND_FRO.format(cases=_cases(view.to_and_fro)))
    return _titled(_HANDOFFS, Text(text="\n".join(lines)))


def talk_part(view: TalkView) -> tuple[Element, ...]:
    elements: list[Element] = []
    if view.topics:
        said = ", ".join(_topic(topic, view) for topic in view.topics)
        elements += _titled(_TALK if view.compared else _TALK_ALONE, Text(text=said))
    if view.busiest:
        rows = tuple(
            replace(case_row(row), detail=f"{count(posts, 'post')} · {case_row(row).detail}")
            for row, posts in view.busiest
        )
        elements += _titled(_POSTS, Rows(rows=rows))
    if view.tags:
        said = ", ".join(f"#{tag} ({number:,})" for tag, number in view.tags)
        elements.append(Text(text=f"Tagged: {said}", style=Style.MUTED))
    return tuple(elements)


def span_words(length: timedelta) -> str:
    """40 s, 12 min, 3 h 20 min, 2 d 4 h."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def much_slower(took: timedelta, others: timedelta) -> bool:
    """Whether one way of handing over stands out against all."""
    return took >= _MUCH_SLOWER * others and took >= timedelta(minutes=10)


def _titled(title: str, *elements: Element) -> tuple[Element, ...]:
    return (Text(text=title, style=Style.STRONG), *elements)


def _counts(counts: Handoffs) -> str:
    took = f" (after {span_words(counts.took)}, the median)" if counts.took is not None else ""
    parts = (
        f"{counts.accepted:,} accepted{took}" if counts.accepted else "none accepted",
        f"{counts.declined:,} declined" if counts.declined else "",
        f"{counts.expired:,} ran out" if counts.expired else "",
        f"{counts.withdrawn:,} taken back" if counts.withdrawn else "",
        f"{counts.waiting:,} without an answer yet" if counts.waiting else "",
    )
    return f"{counts.asked:,} asked; {', '.join(part for part in parts if part)}"


def _sore(pair: PairView) -> str:
    counts = pair.counts
    both = f" ({counts.declined:,} declined, {counts.expired:,} ran out)"
    how = both if counts.declined and counts.expired else ", declined" if counts.declined else ", unanswered"
    return _HURTS.format(
        giver=pair.giver, receiver=pair.receiver, failed=counts.failed, answered=counts.answered, how=how
    )


def _cases(numbers: Sequence[int]) -> str:
    named = tuple(f"{number}" for number in numbers[:_MOST_NAMED])
    more = len(numbers) - len(named)
    return f"{joined((*named, f'{more:,} more'))}" if more else joined(named)


def _topic(topic: Topic, view: TalkView) -> str:
    about = "about " if topic.about else ""
    before = f", before {topic.then:,}" if view.usual is None else f", usually {topic.then * view.usual:,.0f}"
    return (
        f"“{topic.phrase}” ({about}{count(topic.now, 'person', 'people')}{before if view.compared else ''})"
    )
