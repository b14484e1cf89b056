"""Working time: when a department or a person is there, when a duration runs out. Pure, exact over DST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.times.hours import ALWAYS, MIDNIGHT, Week, parse_week, says_always
from bot.domain.times.span import Span, SpanKind

__all__ = ["Calendar", "NeverOpen", "Span", "SpanKind", "local_moment"]

Openings: TypeAlias = tuple[tuple[datetime, datetime], ...]
"""Half-open UTC intervals [start, end), ascending, apart from each other by more than nothing."""

_BOUND = 731
"""Days that a search looks ahead before it says "never": two years and a day."""

_ONE_DAY = timedelta(days=1)


class NeverOpen(ValueError):
    """No opening within two years: the hours, or the holidays, leave none."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening hours of a week in `zone`; on `holidays` (local dates) it is closed all day.

    `week` holds seven days, Monday first, each with ascending ranges that do not overlap;
    an end of 00:00 means 24:00. Hashable. All moments given must be aware; all returned are UTC.
    """

    zone: ZoneInfo
    week: Week
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for day in self.week:
            edges = [edge for start, end in day for edge in (start, end)]
            if edges and edges[-1] == MIDNIGHT:
                edges[-1] = time.max
            if edges != sorted(edges) or any(start == end != MIDNIGHT for start, end in day):
                raise ValueError("the ranges of a day must ascend and not overlap")

    @classmethod
    def parse(cls, hours: str, zone: ZoneInfo, holidays: frozenset[date] = frozenset()) -> Calendar:
        """The calendar that `hours` says; ValueError with a sentence when it says none.

        "always" is open on holidays too; "Mon-Sun 00:00-24:00" is not.
        """
        return cls.always(zone) if says_always(hours) else cls(zone, parse_week(hours), holidays)

    @classmethod
    def always(cls, zone: ZoneInfo) -> Calendar:
        """Open day and night, holidays included."""
        return cls(zone, ALWAYS)

    @property
    def is_always(self) -> bool:
        return not self.holidays and self.week == ALWAYS

    def openings(self, day: date) -> Openings:
        """The openings of that local day in UTC; empty when closed."""
        return _openings(self, day)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in an opening; the closing moment itself does not."""
        day = self._day(at)
        # The next day too: clocks that went back over midnight show a date again whose openings are over.
        return any(start <= at < end for near in (day, day + _ONE_DAY) for start, end in self.openings(near))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. NeverOpen when none comes within two years."""
        start, _ = next(self._from(at))
        return start

    def closes_at(self, at: datetime) -> datetime | None:
        """The end of the opening that holds `at`, or of the next one when closed; None: it never closes.

        Openings that touch (midnight, 24x7) are one. NeverOpen when none comes within two years.
        """
        if self.is_always:
            return None
        spans = self._from(at)
        _, closing = next(spans)
        try:
            for start, end in spans:
                if start > closing:
                    return closing
                closing = end
                if closing - at > _BOUND * _ONE_DAY:
                    return None
        except NeverOpen:
            pass
        return closing

    def add(self, start: datetime, span: Span) -> datetime:
        """When `span`, begun at `start`, has run out.

        WALL is elapsed time. HOURS counts open time only, and may end at a closing moment. DAYS is the same
        local time on the n-th following working day, moved into that day's openings; of a doubled local time
        it is the first. Working time that begins while closed begins at the next opening.
        NeverOpen when the openings do not suffice.
        """
        if span.kind is SpanKind.WALL or (span.kind is SpanKind.HOURS and self.is_always):
            return _utc(start) + timedelta(seconds=span.seconds)
        if span.kind is SpanKind.HOURS:
            return self._add_hours(start, timedelta(seconds=span.seconds))
        return self._add_days(self.next_open(start), span.days)

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`; zero when `b` is not after `a`."""
        a, b = _utc(a), _utc(b)
        if self.is_always:
            return max(b - a, timedelta(0))
        total, day, last = timedelta(0), self._day(a), self._day(b) + _ONE_DAY
        while day <= last:
            for start, end in self.openings(day):
                total += max(min(end, b) - max(start, a), timedelta(0))
            day += _ONE_DAY
        return total

    def _day(self, at: datetime) -> date:
        return _utc(at).astimezone(self.zone).date()

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings from `at` on, the first one cut to begin at `at`. Ends in NeverOpen."""
        at = _utc(at)
        day, found = self._day(at), 0
        while True:
            for start, end in self.openings(day):
                if end > at:
                    found = 0
                    yield max(start, at), end
            day, found = day + _ONE_DAY, found + 1
            if found > _BOUND:
                raise NeverOpen(
                    f"no opening within two years after {at:%Y-%m-%d}: look at the hours and the holidays"
                )

    def _add_hours(self, start: datetime, left: timedelta) -> datetime:
        for opening, closing in self._from(start):
            if opening + left <= closing:
                return opening + left
            left -= closing - opening
        raise AssertionError("_from ends only in NeverOpen")

    def _add_days(self, start: datetime, days: int) -> datetime:
        local, closed = start.astimezone(self.zone), 0
        day = local.date()
        while days:
            day += _ONE_DAY
            closed = 0 if self.openings(day) else closed + 1
            days -= not closed
            if closed > _BOUND:
                raise NeverOpen(f"no working day within two years after {day - _BOUND * _ONE_DAY}")
        return self._into(day, local_moment(day, local.time().replace(fold=0), self.zone))

    def _into(self, day: date, at: datetime) -> datetime:
        openings = self.openings(day)
        for opening, closing in openings:
            if at <= closing:
                return max(at, opening)
        return openings[-1][1]


@lru_cache(maxsize=16_384)
def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local time: one that DST skips is the next valid one, a doubled one the first."""
    wanted = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    late = wanted.replace(tzinfo=zone).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None, fold=0) == wanted:
        return late
    # In a gap fold=0 reads the clock from before it and fold=1 the one from after; the change lies between.
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        moment = (early + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None, fold=0)
        low, high = (low, middle) if moment >= wanted else (middle, high)
    return (early + timedelta(seconds=high)).replace(microsecond=0)


@lru_cache(maxsize=16_384)
def _openings(calendar: Calendar, day: date) -> Openings:
    if day in calendar.holidays:
        return ()
    merged: list[tuple[datetime, datetime]] = []
    for start, end in calendar.week[day.weekday()]:
        opens = local_moment(day, start, calendar.zone)
        closes = local_moment(day + _ONE_DAY if end == MIDNIGHT else day, end, calendar.zone)
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        elif opens < closes:
            merged.append((opens, closes))
    return tuple(merged)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone: naive datetimes are not accepted")
    return at.astimezone(UTC)
