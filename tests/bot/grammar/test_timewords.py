"""Moments as people type them, over nights in which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.refusals import NotInFuture, Refusal
from bot.grammar import parse_day, parse_when
from bot.grammar.mistakes import NotAMoment, TooFar, TwoMeanings

MADRID = ZoneInfo("Europe/Madrid")
WEDNESDAY = datetime(2026, 3, 4, 11, 20, tzinfo=MADRID)


def when(text: str, now: datetime = WEDNESDAY) -> str:
    """The moment on the speaker's wall clock."""
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    found = parse_when(text, now.astimezone(UTC), zone)
    assert found.tzinfo is UTC
    return f"{found.astimezone(zone):%a %Y-%m-%d %H:%M}"


MOMENTS = {
    "2h": "Wed 2026-03-04 13:20",
    "90m": "Wed 2026-03-04 12:50",
    "30 min": "Wed 2026-03-04 11:50",
    "1.5h": "Wed 2026-03-04 12:50",
    "1h 30m": "Wed 2026-03-04 12:50",
    "in 2 hours": "Wed 2026-03-04 13:20",
    "In an hour": "Wed 2026-03-04 12:20",
    "half an hour": "Wed 2026-03-04 11:50",
    "1d": "Thu 2026-03-05 11:20",
    "2 days and 4 hours": "Fri 2026-03-06 15:20",
    "1w": "Wed 2026-03-11 11:20",
    "a week": "Wed 2026-03-11 11:20",
    "en 2 horas": "Wed 2026-03-04 13:20",
    "in 2 Stunden": "Wed 2026-03-04 13:20",
    "dans une heure": "Wed 2026-03-04 12:20",
    "tomorrow": "Thu 2026-03-05 09:00",
    "until Tomorrow.": "Thu 2026-03-05 09:00",
    "tomorrow 14:00": "Thu 2026-03-05 14:00",
    "14:00 tomorrow": "Thu 2026-03-05 14:00",
    "tomorrow at 9": "Thu 2026-03-05 09:00",
    "tomorrow morning": "Thu 2026-03-05 09:00",
    "tomorrow noon": "Thu 2026-03-05 12:00",
    "the day after tomorrow": "Fri 2026-03-06 09:00",
    "mañana": "Thu 2026-03-05 09:00",
    "manana a las 15:30": "Thu 2026-03-05 15:30",
    "pasado mañana": "Fri 2026-03-06 09:00",
    "morgen 9 Uhr": "Thu 2026-03-05 09:00",
    "Übermorgen": "Fri 2026-03-06 09:00",
    "demain 14h30": "Thu 2026-03-05 14:30",
    "après-demain": "Fri 2026-03-06 09:00",
    "aujourd’hui 18:00": "Wed 2026-03-04 18:00",
    "tonight": "Wed 2026-03-04 20:00",
    "tonight 9": "Wed 2026-03-04 21:00",
    "tonight 22:30": "Wed 2026-03-04 22:30",
    "this evening": "Wed 2026-03-04 18:00",
    "monday": "Mon 2026-03-09 09:00",
    "mon 9": "Mon 2026-03-09 09:00",
    "mon 9:30": "Mon 2026-03-09 09:30",
    "Monday, 9:00": "Mon 2026-03-09 09:00",
    "monday 9.30": "Mon 2026-03-09 09:30",
    "on friday": "Fri 2026-03-06 09:00",
    "fri 9pm": "Fri 2026-03-06 21:00",
    "9am monday": "Mon 2026-03-09 09:00",
    "lunes": "Mon 2026-03-09 09:00",
    "el miércoles a las 15:00": "Wed 2026-03-04 15:00",
    "Dienstag 8:15": "Tue 2026-03-10 08:15",
    "lundi 9h": "Mon 2026-03-09 09:00",
    "wednesday": "Wed 2026-03-11 09:00",
    "wed 15:00": "Wed 2026-03-04 15:00",
    "wed 9:00": "Wed 2026-03-11 09:00",
    "next week": "Mon 2026-03-09 09:00",
    "nächste Woche": "Mon 2026-03-09 09:00",
    "la próxima semana": "Mon 2026-03-09 09:00",
    "semaine prochaine": "Mon 2026-03-09 09:00",
    "tuesday next week": "Tue 2026-03-10 09:00",
    "next monday": "Mon 2026-03-09 09:00",
    "9:00": "Thu 2026-03-05 09:00",
    "12:00": "Wed 2026-03-04 12:00",
    "9am": "Thu 2026-03-05 09:00",
    "1 p.m.": "Wed 2026-03-04 13:00",
    "12am": "Thu 2026-03-05 00:00",
    "noon": "Wed 2026-03-04 12:00",
    "5 o'clock": "Thu 2026-03-05 05:00",
    "2026-03-14": "Sat 2026-03-14 09:00",
    "2026-03-14 10:30": "Sat 2026-03-14 10:30",
    "2026-03-14T10:30": "Sat 2026-03-14 10:30",
    "2026-03-14T10:30:00Z": "Sat 2026-03-14 11:30",
    "2026-03-14T10:30+05:30": "Sat 2026-03-14 06:00",
    "14 march": "Sat 2026-03-14 09:00",
    "March 14": "Sat 2026-03-14 09:00",
    "14th march 2027 at 9:00": "Sun 2027-03-14 09:00",
    "14 de marzo": "Sat 2026-03-14 09:00",
    "14. März 8:00": "Sat 2026-03-14 08:00",
    "14.3.": "Sat 2026-03-14 09:00",
    "14.3.2026 18:00": "Sat 2026-03-14 18:00",
    "today 17:00": "Wed 2026-03-04 17:00",
    "2 december": "Wed 2026-12-02 09:00",
    "4 march 18:00": "Wed 2026-03-04 18:00",
}


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items(), ids=list(MOMENTS))
def test_a_moment_is_what_people_mean_by_it(text: str, moment: str) -> None:
    assert when(text) == moment


NONSENSE = (
    "|9|1042|a|am|and|ad|customer|whenever|next|week|14/3|3.4|9.30|1h30|31 june|29 february|25:00|13pm|9:60|h"
    "|tonight 9am|monday 25|1.5d|2 bananas|tomorrow tomorrow|2h please|monday tuesday|2026-13-01|2026-02-30"
    "|99:99"
)


@pytest.mark.parametrize("text", [*NONSENSE.split("|"), "tomorrow " * 20])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(NotAMoment):
        when(text)


@pytest.mark.parametrize(
    "text", ["today", "today 11:00", "2026-03-01", "1 march", "4 march", "0h", "2024-01-01", "1.3."]
)
def test_what_has_passed_is_refused(text: str) -> None:
    with pytest.raises(NotInFuture):
        when(text)


@pytest.mark.parametrize("text", ["2029-01-01", "99999w", "99999d", "9999-12-31", "800 days", "99999h"])
def test_what_is_too_far_is_refused(text: str) -> None:
    with pytest.raises(TooFar):
        when(text)


def test_what_means_two_days_is_refused_with_both() -> None:
    with pytest.raises(TwoMeanings) as refusal:
        when("next friday 9:00")
    assert refusal.value.fixes == ("2026-03-06 9:00", "2026-03-13 9:00")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tomorow", "tomorrow"), ("monady 9:00", "monday 9:00"), ("14 mrach", "14 march"), ("eod", None)],
)
def test_a_slip_of_the_keyboard_is_asked_about(typed: str, meant: str | None) -> None:
    with pytest.raises(NotAMoment) as refusal:
        when(typed)
    assert refusal.value.fixes == ((meant,) if meant else ())


def test_a_weekday_that_is_today_means_next_week() -> None:
    early = WEDNESDAY.replace(hour=7)
    assert when("wednesday", early) == "Wed 2026-03-11 09:00"
    assert when("wed 9:00", early) == "Wed 2026-03-04 09:00"


def test_a_date_in_the_new_year_is_next_year_s() -> None:
    december = datetime(2026, 12, 20, 10, tzinfo=MADRID)
    assert when("5 january", december) == "Tue 2027-01-05 09:00"
    assert when("1 march", december) == "Mon 2027-03-01 09:00"
    assert when("29 february 2028", december) == "Tue 2028-02-29 09:00"


def test_a_time_that_the_night_skips_is_the_next_valid_one() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=MADRID)
    assert when("sunday 2:30", saturday) == "Sun 2026-03-29 03:00"
    assert when("2026-03-29 02:00", saturday) == "Sun 2026-03-29 03:00"
    assert when("2026-03-29 03:00", saturday) == "Sun 2026-03-29 03:00"


def test_a_doubled_time_is_the_first() -> None:
    saturday = datetime(2026, 10, 24, 12, tzinfo=MADRID)
    found = parse_when("sunday 2:30", saturday.astimezone(UTC), MADRID)
    assert found == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_days_keep_the_wall_clock_and_hours_are_elapsed() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=MADRID)
    assert when("1d", saturday) == "Sun 2026-03-29 12:00"
    assert when("24h", saturday) == "Sun 2026-03-29 13:00"
    assert when("1w", saturday) == "Sat 2026-04-04 12:00"


def test_the_day_is_the_speaker_s_own() -> None:
    now = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    auckland, honolulu = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
    assert parse_when("tomorrow", now, auckland) == datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
    assert parse_when("tomorrow", now, honolulu) == datetime(2026, 3, 5, 19, 0, tzinfo=UTC)
    assert parse_when("tonight", now, honolulu) == datetime(2026, 3, 5, 6, 0, tzinfo=UTC)


def test_every_weekday_is_ahead_on_every_day() -> None:
    for ahead in range(14):
        now = WEDNESDAY + timedelta(days=ahead)
        for name in ("mon", "tuesday", "miercoles", "donnerstag", "vendredi", "sat", "sunday"):
            found = parse_when(name, now.astimezone(UTC), MADRID)
            assert timedelta(0) < found - now <= timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 3, 4)),
        ("yesterday", date(2026, 3, 3)),
        ("ayer", date(2026, 3, 3)),
        ("gestern", date(2026, 3, 3)),
        ("hier", date(2026, 3, 3)),
        ("wednesday", date(2026, 3, 4)),
        ("friday", date(2026, 2, 27)),
        ("2026-02-28", date(2026, 2, 28)),
        ("28.2.", date(2026, 2, 28)),
        ("14 march", date(2025, 3, 14)),
        ("14 march 2026", date(2026, 3, 14)),
        ("soon", None),
        ("2026-02-30", None),
        ("", None),
    ],
)
def test_a_day_lies_behind(text: str, day: date | None) -> None:
    assert parse_day(text, WEDNESDAY.astimezone(UTC), MADRID) == day


def test_refusals_are_sentences() -> None:
    for text in ("nonsense", "2029-01-01", "next friday"):
        with pytest.raises(Refusal) as refusal:
            when(text)
        assert refusal.value.sentence(None).endswith(".")  # type: ignore[arg-type]
