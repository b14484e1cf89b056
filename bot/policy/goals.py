"""A community's goal: what share of its cases reached it, counted in the right hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.parts import State
from bot.domain.times.calendar import Calendar, NeverOpen, Span, SpanKind
from bot.policy.model import Goal, Measure, Policy
from bot.policy.terms import calendar_of
from bot.ports.reports import Promised

_CLOSED_MOST: Final = 5
"""So many times as long as its opening hours a department may be closed between them."""
_LONGEST_SHUT: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a goal stands: `reached` of the cases that are `decided`, of which `share` (0 to 1) is wanted.

    A case is decided once it reached its target or the target has passed; `open` ones still have time.
    """

    reached: int = 0
    decided: int = 0
    open: int = 0
    share: float = 0.0

    @property
    def kept(self) -> bool | None:
        """None while nothing is decided."""
        return self.reached >= self.share * self.decided - 1e-9 if self.decided else None

    @property
    def percent(self) -> int:
        """Rounded down: 100 means every one."""
        return 100 * self.reached // self.decided if self.decided else 0


def counted_from(goal: Goal, start: datetime) -> datetime:
    """Since when a case's clock may have run whose fate was decided at `start` or later."""
    length = timedelta(seconds=goal.target.seconds)
    return start - (length if goal.target.kind is SpanKind.WALL else _CLOSED_MOST * length + _LONGEST_SHUT)


def standing(
    policy: Policy, goal: Goal, cases: Iterable[Promised], start: datetime, end: datetime
) -> Standing:
    """How the goal was kept in [start, end), UTC, by `cases` that began between `counted_from` and `end`.

    A case counts where its fate was decided: when it was done in time, else when its time was over; so each counts
    once, in one period. Dismissed cases that nobody answered have no part in it: there was nothing to answer. Working
    time is the owning department's; a resolve clock stands still while the case waits.
    """
    reached = decided = undecided = 0
    for case in cases:
        done = _done(goal.measure, case)
        done = done if done is not None and done < end else None
        if done is None and case.closed_at is not None and case.closed_at < end:
            continue
        at = done or end
        kept = _kept(goal, case, at, calendar_of(policy, case.department))
        if done is None and kept:
            undecided += 1
        elif kept and at >= start:
            decided, reached = decided + 1, reached + 1
        elif not kept and not _kept(goal, case, start, calendar_of(policy, case.department)):
            continue  # It was over before.
        elif not kept:
            decided += 1
    return Standing(reached=reached, decided=decided, open=undecided, share=goal.share)


def _done(measure: Measure, case: Promised) -> datetime | None:
    if measure is Measure.FIRST_RESPONSE_WITHIN:
        return case.responded_at
    return case.closed_at if case.state is State.RESOLVED else None


def _kept(goal: Goal, case: Promised, at: datetime, calendar: Calendar) -> bool:
    """Whether not more than the target had passed at that moment."""
    length = timedelta(seconds=goal.target.seconds)
    if at - case.since <= length and goal.target.kind is not SpanKind.DAYS:
        return True
    try:
        due = calendar.add(case.since, goal.target)
    except NeverOpen:
        return True
    if goal.measure is Measure.RESOLVED_WITHIN:
        wall = goal.target.kind is SpanKind.WALL
        for rest in case.rests:
            if due <= rest.since:
                break
            until = min(rest.until or at, at)
            due = _later(due, rest.since, until, calendar, wall=wall)
    return at <= due


def _later(due: datetime, since: datetime, until: datetime, calendar: Calendar, *, wall: bool) -> datetime:
    """Where the target lies once the clock stood still from `since` to `until`."""
    if until <= since:
        return due
    if wall:
        return due + (until - since)
    left = calendar.working_between(since, due)
    return calendar.add(until, Span(int(left.total_seconds()), SpanKind.HOURS))
