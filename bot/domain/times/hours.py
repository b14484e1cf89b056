"""Opening hours as people write them: "Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-12:00"."""

from __future__ import annotations

import re
from datetime import time
from itertools import pairwise
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[time, time], ...]
"""The openings of one local day, ascending. An end of 00:00 means 24:00, the end of that day."""

Week: TypeAlias = tuple[Ranges, Ranges, Ranges, Ranges, Ranges, Ranges, Ranges]
"""Monday first."""

MIDNIGHT = time(0)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALWAYS: Week = (((MIDNIGHT, MIDNIGHT),),) * 7

_HELP = (
    'write for example "Mon-Fri 09:00-18:00", "Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-12:00" or "always"'
)
_CLAUSE = re.compile(r"([^0-9]*?)\s*([0-9].*)", re.DOTALL)
_RANGE = re.compile(r"(\S+?)\s*-\s*(\S+)")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def parse_week(text: str) -> Week:
    """The openings that `text` says. A range that ends at or before its start runs over midnight.

    ValueError, with a sentence a person can act on, when it says none or two that overlap.
    """
    text = text.replace("\u2013", "-").replace("\u2014", "-").strip()
    if says_always(text):
        return ALWAYS
    week: list[list[tuple[int, int]]] = [[] for _ in DAY_NAMES]
    for clause in filter(None, (part.strip() for part in text.split(";"))):
        days, ranges = _clause(clause)
        for day in days:
            for start, end in ranges:
                _put(week, day, start, end)
    if not any(week):
        raise ValueError(f"these hours hold no opening: {_HELP}")
    mon, tue, wed, thu, fri, sat, sun = (
        _ranges(name, day) for name, day in zip(DAY_NAMES, week, strict=True)
    )
    return (mon, tue, wed, thu, fri, sat, sun)


def says_always(text: str) -> bool:
    """Whether `text` means day and night, holidays included."""
    return text.strip().lower() in ("always", "24/7")


def parse_weekday(text: str) -> int:
    """Monday is 0; "Mon", "monday" and so on. ValueError with a sentence otherwise."""
    word = text.strip().lower()
    for number, name in enumerate(DAY_NAMES):
        if len(word) >= 3 and name.lower().startswith(word):
            return number
    raise ValueError(
        f'"{text.strip()[:40]}" is not a day of the week: write Mon, Tue, Wed, Thu, Fri, Sat or Sun'
    )


def parse_time(text: str) -> time:
    """A time of day, "00:00" to "23:59". ValueError with a sentence otherwise."""
    minutes = _minutes(text.strip())
    if minutes == 1440:
        raise ValueError('"24:00" is the next day: write "00:00"')
    return time(minutes // 60, minutes % 60)


def _clause(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    form = _CLAUSE.fullmatch(text)
    if form is None or not form[1].strip():
        raise ValueError(f'"{text[:60]}" does not say both days and times: {_HELP}')
    days = [day for part in form[1].split(",") if part.strip() for day in _days(part)]
    return days, [_range(part) for part in form[2].split(",")]


def _days(text: str) -> list[int]:
    first, dash, last = text.partition("-")
    start = parse_weekday(first)
    end = parse_weekday(last) if dash else start
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _range(text: str) -> tuple[int, int]:
    form = _RANGE.fullmatch(text.strip())
    if form is None:
        raise ValueError(f'"{text.strip()[:40]}" is not a range of times: {_HELP}')
    start, end = _minutes(form[1]), _minutes(form[2])
    if start == end or start == 1440:
        raise ValueError(f'"{text.strip()[:40]}" is empty: for the whole day write "00:00-24:00"')
    return start, end


def _minutes(text: str) -> int:
    form = _TIME.fullmatch(text)
    minutes = int(form[1]) * 60 + int(form[2]) if form else -1
    if form is None or int(form[2]) > 59 or minutes > 1440:
        raise ValueError(f'"{text[:40]}" is not a time of day: write it as "09:00", up to "24:00"')
    return minutes


def _put(week: list[list[tuple[int, int]]], day: int, start: int, end: int) -> None:
    if end > start:
        week[day].append((start, end))
        return
    week[day].append((start, 1440))
    if end:
        week[(day + 1) % 7].append((0, end))


def _ranges(name: str, day: list[tuple[int, int]]) -> Ranges:
    day.sort()
    for (_, end), (start, _) in pairwise(day):
        if start < end:
            raise ValueError(f"the hours of {name} overlap: write each time once")
    return tuple((_time(start), _time(end)) for start, end in day)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
