"""The terms of a clock: how long it runs, in whose hours, and when it warns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.times.calendar import Calendar, Span, SpanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`warn` is the share of the time (0 to 1) after which the clock warns."""

    span: Span
    calendar: Calendar
    warn: float = 0.75

    def ends(self, start: datetime) -> datetime:
        """When a clock started at `start` (UTC) runs out (UTC)."""
        return self.calendar.add(start, self.span)

    def left(self, at: datetime, until: datetime) -> timedelta:
        """How much running time is left at `at`; never negative."""
        if until <= at:
            return timedelta(0)
        if self.span.kind is SpanKind.WALL:
            return until - at
        return self.calendar.working_between(at, until)

    def resume(self, at: datetime, left: timedelta) -> datetime:
        """When a clock with `left` running time, started again at `at`, runs out."""
        kind = SpanKind.WALL if self.span.kind is SpanKind.WALL else SpanKind.HOURS
        return self.calendar.add(at, Span(int(left.total_seconds()), kind))

    def warns(self, start: datetime, end: datetime) -> datetime:
        """The moment within (start, end) at which the clock warns."""
        return self.resume(start, self.left(start, end) * self.warn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """What a customer is promised: a first response and an end."""

    first: Terms
    resolve: Terms
