"""When a digest is due and which time it covers. Pure; dates in the reader's own zone, moments in UTC."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.times.calendar import local_moment

TOO_LATE: Final = timedelta(hours=24)
"""A digest later than this is skipped, and its readers are told."""

_ONE_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_BOUND: Final = 400
"""Days within which a digest day must come: more than a year of holidays is a mistake in the policy."""


class Rhythm(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A digest's days and its local time `at` in `zone`.

    Daily means Monday to Friday without the `holidays`. Weekly is the `weekday` (Monday 0); when that is a holiday,
    the working day before it in that week, else the one after it. Monthly is the `day`,
    or the last one of a shorter month; on a weekend or a holiday, the next working day. A time that DST skips
    becomes the next valid one, of a doubled one it is the first.
    """

    rhythm: Rhythm
    at: time
    zone: ZoneInfo
    weekday: int = 0
    day: int = 1
    holidays: frozenset[date] = frozenset()

    def falls_on(self, day: date) -> bool:
        match self.rhythm:
            case Rhythm.DAILY:
                return self._works(day)
            case Rhythm.WEEKLY:
                return day == self._of_week(day - timedelta(days=day.weekday()))
            case Rhythm.MONTHLY:
                named = self.named(day)
                between = (named + number * _ONE_DAY for number in range((day - named).days))
                return self._works(day) and not any(self._works(earlier) for earlier in between)

    def named(self, day: date) -> date:
        """The monthly digest's own day, on or before `day`: it may come later, over a weekend or holidays."""
        this = _in_month(day.year, day.month, self.day)
        if this <= day:
            return this
        last = day.replace(day=1) - _ONE_DAY
        return _in_month(last.year, last.month, self.day)

    def _of_week(self, monday: date) -> date | None:
        """The weekly digest's day in that week; None in a week of holidays only, which the next one covers."""
        by_preference = (*range(self.weekday, -1, -1), *range(self.weekday + 1, 7))
        for day in (monday + timedelta(days=number) for number in by_preference):
            if self._works(day) or (day.weekday() == self.weekday and day not in self.holidays):
                return day
        return None

    def _works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def moment(self, day: date) -> datetime:
        """The digest's moment (UTC) on that local date, whether or not it is one of its days."""
        return local_moment(day, self.at, self.zone)

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def previous(self, day: date) -> date:
        """The latest digest day before `day`."""
        return next(self._days(day - _ONE_DAY, -_ONE_DAY))

    def from_(self, day: date) -> date:
        """The first digest day on or after `day`."""
        return next(self._days(day, _ONE_DAY))

    def next_after(self, at: datetime) -> date:
        """The first digest day whose moment comes after `at`."""
        return next(
            day for day in self._days(self.local_date(at) - _ONE_DAY, _ONE_DAY) if self.moment(day) > at
        )

    def due_between(self, start: datetime, end: datetime) -> Sequence[date]:
        """The digest days whose moments lie in [start, end], oldest first."""
        days: list[date] = []
        for day in self._days(self.local_date(start) - _ONE_DAY, _ONE_DAY):
            moment = self.moment(day)
            if moment > end:
                return days
            if moment >= start:
                days.append(day)
        raise AssertionError("the days of a schedule do not end")

    def _days(self, start: date, step: timedelta) -> Iterator[date]:
        """The digest days from `start` on. ValueError when none comes within a year."""
        day, passed = start, 0
        while passed <= _BOUND:
            if self.falls_on(day):
                passed = 0
                yield day
            day, passed = day + step, passed + 1
        raise ValueError(f"no day for a {self.rhythm} digest within a year of {start}: look at the holidays")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time [`start`, `end`) of a digest that is `due`, and [`then_start`, `then_end`) to compare it with.

    `so_far`: the digest's moment has not come, so both are cut to the time that has passed.
    """

    start: datetime
    end: datetime
    then_start: datetime
    then_end: datetime
    due: datetime
    so_far: bool = False

    def is_present(self, now: datetime) -> bool:
        """Whether what is known of the present belongs into it: its digest is due now, or not yet."""
        return now - self.due <= TOO_LATE


def window(schedule: Schedule, day: date, now: datetime) -> Window:
    """What the digest of that local date covers: everything since the digest before it; a month's, whole days.

    Monday's covers the weekend. A day is compared with the same weekday a week earlier (so a weekend with a
    weekend), a week with the week before. The month's digest of the 1st covers the calendar month before, from
    midnight to midnight, whichever day it comes on, and is compared with the month before that.
    """
    if schedule.rhythm is Rhythm.MONTHLY:
        named = schedule.named(day)
        first = schedule.named(named - _ONE_DAY)
        before = schedule.named(first - _ONE_DAY)
        then_start, start, end = (
            local_moment(each, time(), schedule.zone) for each in (before, first, named)
        )
        then_end = start
    else:
        first = schedule.previous(day)
        start, end = schedule.moment(first), schedule.moment(day)
        then_start, then_end = schedule.moment(first - _WEEK), schedule.moment(day - _WEEK)
    due = schedule.moment(day)
    if end <= now:
        return Window(start=start, end=end, then_start=then_start, then_end=then_end, due=due)
    # One tick more, so that what happens in this very moment counts.
    passed = max(now - start, timedelta(0)) + timedelta.resolution
    return Window(
        start=start,
        end=start + passed,
        then_start=then_start,
        then_end=min(then_start + passed, then_end),
        due=due,
        so_far=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What a digest's clock has to do now: dates to post, dates skipped, and when it rings next."""

    post: tuple[date, ...]
    skipped: tuple[date, ...]
    next: date


def duties(schedule: Schedule, due: datetime, now: datetime) -> Duties:
    """What is to be done at `now` by a clock that was set for `due`: usually to post one date.

    After an outage every date more than 24 hours late is skipped.
    """
    days = schedule.due_between(due, now)
    late = tuple(day for day in days if now - schedule.moment(day) > TOO_LATE)
    return Duties(
        post=tuple(day for day in days if day not in late),
        skipped=late,
        next=schedule.next_after(max(due, now)),
    )


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


_BLOCK: Final = 3
_HOUR: Final = timedelta(hours=1)


def bars(
    by_hour: Sequence[int], start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[str, int], ...]:
    """Counts per hour from `start` as a few labelled bars: three-hour blocks, days or weeks, in order.

    Empty bars stay: a gap is part of the picture. An hour counts where its middle lies.
    """
    length = end - start
    found: dict[str, int] = {}
    hours = max(len(by_hour), -(-length // _HOUR))
    for number in range(hours):
        middle = min(start + number * _HOUR + _HOUR / 2, end).astimezone(zone)
        label = _label(middle, length)
        found[label] = found.get(label, 0) + (by_hour[number] if number < len(by_hour) else 0)
    return tuple(found.items())


def _label(local: datetime, length: timedelta) -> str:
    if length <= timedelta(hours=36):
        block = local.hour - local.hour % _BLOCK
        return f"{local:%a} {block:02d}–{block + _BLOCK:02d}"
    if length <= timedelta(days=14):
        return f"{local:%a} {local.day} {local:%b}"
    monday = local - timedelta(days=local.weekday())
    return f"week of {monday.day} {monday:%b}"
