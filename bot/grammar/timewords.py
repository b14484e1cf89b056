"""Moments as people type them: `2h`, `tomorrow 14:00`, `monday`, `14 march`. It never guesses.

Libraries guess: "mon 9" is the 2nd of September for one, "1042" a year, and 02:30 in a night that skips it
stays 02:30. A case snoozed to a wrong day is a customer forgotten: what has two meanings is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.refusals import NotInFuture
from bot.domain.times.calendar import local_moment
from bot.grammar import guess
from bot.grammar.days import EVENING, Days, calendar_dates, named_days
from bot.grammar.mistakes import NotAMoment, TooFar, TwoMeanings
from bot.grammar.text import fold
from bot.grammar.vocabulary import AMOUNTS, CLOCKS, KNOWN, LEADING, PARTS, PAST_OFFSETS, UNITS, WEEKDAYS

_FARTHEST: Final = timedelta(days=731)
_LONGEST: Final = 60

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d)?(?:z|[+-]\d\d:\d\d)")
_PART: Final = re.compile(
    r"(?:(?P<digits>\d{1,5}(?:[.,]\d)?)\s*|(?P<word>[a-z]+)\s+)(?P<unit>[a-z]+)(?:\s+(?:and|und|y|et))?\s*"
)
_CLOCK: Final = re.compile(
    r"(?P<hour>\d\d?)(?:[:.h](?P<minute>\d\d)(?::00)?|(?P<full>h|uhr)?)(?P<half>am|pm)?"
)

_SPELLINGS: Final = (
    (re.compile(r"[;!?\"()]|,(?!\d)"), " "),
    (re.compile(r"\b([ap])\.m\.?"), r"\1m"),
    (re.compile(r"(?<=[a-z])\.(?=\s|$)"), ""),
    (re.compile(r"(:\d\d|-\d\d?)\.(?=\s|$)"), r"\1"),
    (re.compile(r"(?<=\d)t(?=\d)"), " "),
    (re.compile(r"(?<=\d)\s*o'clock\b"), ":00"),
    (re.compile(r"(?<=\d)\s+(?=(?:am|pm|uhr)\b)"), ""),
    (re.compile(r"\bthis (?=morning\b|afternoon\b|evening\b)"), "today "),
    (re.compile(r"\bhalf an hour\b"), "30 min"),
)
"""What is written in several ways -> the one way that is read here; in this order."""


def parse_when(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment to come (UTC) that the text says to somebody whose wall clock is in `zone`; `now` is UTC.

    Days and weeks keep the wall clock, hours and minutes are elapsed time. A day without a time is 09:00,
    tonight 20:00. A time that DST skips is the next valid one, a doubled one the first. A weekday that is
    today means next week, unless a later time today is given.
    Raises NotAMoment, TwoMeanings, TooFar, NotInFuture.
    """
    said = _normal(text)
    if not said or len(said) > _LONGEST:
        raise NotAMoment(text)
    try:
        found = _elapsed(said, now, zone) or _instant(said) or _local(said, now, zone)
    except OverflowError:
        raise TooFar(text) from None
    if found is None:
        raise NotAMoment(text, _repaired(said, now, zone))
    if found <= now:
        raise NotInFuture(found)
    if found - now > _FARTHEST:
        raise TooFar(text)
    return found


def parse_day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """The day in `zone` that the text says; without a year the latest that has begun. None for no day."""
    said, today = _bare(_normal(text[:_LONGEST])), now.astimezone(zone).date()
    if said in PAST_OFFSETS:
        return today + timedelta(days=PAST_OFFSETS[said])
    if said in WEEKDAYS:
        return today - timedelta(days=(today.weekday() - WEEKDAYS[said]) % 7)
    dates = calendar_dates(said, (today.year, today.year - 1))
    return next((day for day in dates if day <= today), dates[0] if dates else None)


# -- lengths of time ---------------------------------------------------------------------------


def _elapsed(said: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """`2h`, `in 2 hours`, `1 day 4 hours`."""
    parts = _parts(_bare(said, keep=AMOUNTS))
    if not parts:
        return None
    days = sum(int(number * UNITS[unit] // 86_400) for number, unit in parts if UNITS[unit] >= 86_400)
    rest = sum(number * UNITS[unit] for number, unit in parts if UNITS[unit] < 86_400)
    if days > _FARTHEST.days:
        raise OverflowError
    start = now
    if days:
        local = now.astimezone(zone)
        start = local_moment(local.date() + timedelta(days=days), local.time().replace(microsecond=0), zone)
    return start + timedelta(seconds=rest)


def _parts(said: str) -> list[tuple[float, str]]:
    found, at = [], 0
    while at < len(said):
        part = _PART.match(said, at)
        if part is None or part["unit"] not in UNITS:
            return []
        if part["word"] and part["word"] not in AMOUNTS:
            return []
        size = float(AMOUNTS[part["word"]] if part["word"] else part["digits"].replace(",", "."))
        if size != int(size) and UNITS[part["unit"]] >= 86_400:
            return []
        found.append((size, part["unit"]))
        at = part.end()
    return found


# -- days and clocks -----------------------------------------------------------------------------


def _instant(said: str) -> datetime | None:
    """An ISO moment with its own zone, as machines write it."""
    said = _bare(said)
    if _INSTANT.fullmatch(said) is None:
        return None
    try:
        return datetime.fromisoformat(said.upper()).astimezone(UTC)
    except ValueError:
        return None


def _local(said: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A day, a time, or both in either order."""
    today = now.astimezone(zone).date()
    next_two = Days((today, today + timedelta(days=1)))
    for day, clock in _splits(_bare(said)):
        at = _clock(clock, with_day=bool(day)) if clock else None
        if clock and at is None:
            continue
        try:
            days = named_days(day, today, timed=at is not None) if day else next_two
        except TwoMeanings as two:
            raise TwoMeanings(said, [f"{fix} {clock}".strip() for fix in two.fixes]) from None
        if days is not None and days.evening:
            at = _tonight(clock, at)
        if days is None or (days.evening and at is None):
            continue
        moments = [local_moment(each, at or days.at, zone) for each in days.dates]
        return next((moment for moment in moments if moment > now), moments[0])
    return None


def _splits(said: str) -> Iterator[tuple[str, str]]:
    """(day, clock): the clock may be missing, last, first or alone."""
    words = said.split()
    yield said, ""
    for cut in range(len(words) - 1, 0, -1):
        yield _bare(" ".join(words[:cut])), _bare(" ".join(words[cut:]))
    if len(words) > 1 and not words[0].isdecimal():
        yield _bare(" ".join(words[1:])), words[0]
    yield "", said


def _clock(said: str, *, with_day: bool) -> time | None:
    """9:00, 9am, 14 uhr, noon; beside a day also 9, 14.30, 9h and "morning"."""
    if said in CLOCKS:
        return CLOCKS[said]
    if with_day and said in PARTS:
        return PARTS[said]
    match = _CLOCK.fullmatch(said)
    if match is None:
        return None
    clear = ":" in said or match["half"] or match["full"] == "uhr"
    if not (with_day or clear):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _tonight(clock: str, at: time | None) -> time | None:
    """The time of an evening: "tonight 9" is 21:00; None for what is no evening."""
    if at is None:
        return EVENING
    if 5 <= at.hour < 12 and not clock.endswith("am"):
        at = at.replace(hour=at.hour + 12)
    return at if at.hour >= 17 else None


# -- words ---------------------------------------------------------------------------------------


def _normal(text: str) -> str:
    said = fold(text)
    for written, read in _SPELLINGS:
        said = written.sub(read, said)
    return " ".join(said.split())


def _bare(said: str, keep: Container[str] = ()) -> str:
    """Without small words before it, and without "de" inside a date."""
    words = said.split()
    while len(words) > 1 and words[0] in LEADING and words[0] not in keep:
        words = words[1:]
    return " ".join(word for at, word in enumerate(words) if word != "de" or at == 0)


def _repaired(said: str, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The same with slips of the keyboard mended, if that is a moment."""
    mended = " ".join(_mended(word) for word in said.split())
    if mended == said:
        return ()
    try:
        found = _elapsed(mended, now, zone) or _local(mended, now, zone)
    except (OverflowError, TwoMeanings):
        return ()
    return (mended,) if found is not None and found > now else ()


def _mended(word: str) -> str:
    if not word.isalpha() or len(word) < 4 or word in LEADING or word in UNITS or word in PARTS:
        return word
    return next(iter(guess.nearest(word, KNOWN)), word)
