"""Which days a text names: today, a weekday, a date. All are local dates; nothing here knows a clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from bot.grammar.mistakes import TwoMeanings
from bot.grammar.vocabulary import MONTHS, NEXT, NEXT_WEEK, OFFSETS, TONIGHT, WEEKDAYS

MORNING: Final = time(9)
"""The time of a day that was named without one."""
EVENING: Final = time(20)
"""The time of "tonight"."""
_JUST_PASSED: Final = 90
"""Days for which a date without a year is taken as passed, not as next year's."""

_ISO: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_DOTTED: Final = re.compile(r"(\d\d?)\.(\d\d?)\.?(?:(?<=\.)(\d{4}))?")
_DAY: Final = re.compile(r"(\d\d?)(?:\.|st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Days:
    """The local dates that were meant, best first, and the time when none is given."""

    dates: tuple[date, ...]
    at: time = MORNING
    evening: bool = False


def named_days(said: str, today: date, *, timed: bool) -> Days | None:
    """The days that the text names on the day `today`; with `timed`, a time was given beside them.

    Raises TwoMeanings. None when it names no day.
    """
    if said in TONIGHT:
        return Days((today,), EVENING, evening=True)
    if said in OFFSETS:
        return Days((today + timedelta(days=OFFSETS[said]),))
    monday = today + timedelta(days=7 - today.weekday())
    if said in NEXT_WEEK:
        return Days((monday,))
    words = said.split()
    for name in words:
        others = " ".join(word for word in words if word != name)
        if name in WEEKDAYS and others in NEXT_WEEK:
            return Days((monday + timedelta(days=WEEKDAYS[name]),))
        if name in WEEKDAYS and others in NEXT:
            return _next_weekday(said, name, today)
    if said in WEEKDAYS:
        coming = today + timedelta(days=(WEEKDAYS[said] - today.weekday()) % 7)
        week_later = coming + timedelta(days=7)
        return Days((coming, week_later) if coming != today or timed else (week_later,))
    dates = calendar_dates(said, (today.year, today.year + 1))
    if len(dates) == 2:
        just_passed = dates[0] < today and (today - dates[0]).days <= _JUST_PASSED
        return Days(dates[:1] if just_passed or dates[0] >= today else dates[1:])
    return Days(dates) if dates else None


def _next_weekday(said: str, name: str, today: date) -> Days:
    """Refuses when "next friday" is one day for who counts by days and another for who counts by weeks."""
    by_days = today + timedelta(days=(WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)
    by_weeks = today + timedelta(days=7 - today.weekday() + WEEKDAYS[name])
    if by_days != by_weeks:
        raise TwoMeanings(said, (f"{by_days:%Y-%m-%d}", f"{by_weeks:%Y-%m-%d}"))
    return Days((by_days,))


def calendar_dates(said: str, years: Sequence[int]) -> tuple[date, ...]:
    """The date with its own year; without one, that date in each of the years. Empty for no date."""
    if iso := _ISO.fullmatch(said):
        return _dates(int(iso[3]), int(iso[2]), (int(iso[1]),))
    if (dotted := _DOTTED.fullmatch(said)) and (dotted[3] or said.endswith(".")):
        return _dates(int(dotted[1]), int(dotted[2]), (int(dotted[3]),) if dotted[3] else years)
    words = said.split()
    if len(words) == 3 and re.fullmatch(r"\d{4}", words[-1]):
        years = (int(words.pop()),)
    if len(words) != 2:
        return ()
    day, month = (words[1], words[0]) if words[0] in MONTHS else (words[0], words[1])
    number = _DAY.fullmatch(day)
    return _dates(int(number[1]), MONTHS[month], years) if number and month in MONTHS else ()


def _dates(day: int, month: int, years: Sequence[int]) -> tuple[date, ...]:
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue  # No such day in that year: 29 February, or a slip like 31 June.
    return tuple(found)
