"""Working time: hours as people write them, and durations that survive nights, holidays and clock changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.times.calendar import Calendar, NeverOpen, Span, SpanKind, local_moment

MADRID = ZoneInfo("Europe/Madrid")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
ST_JOHNS = ZoneInfo("America/St_Johns")
OFFICE = "Mon-Fri 09:00-18:00"


def at(text: str, zone: ZoneInfo = MADRID, fold: int = 0) -> datetime:
    """A local time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def span(text: str) -> Span:
    return Span.parse(text)


# -- spans ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds", "kind"),
    [
        ("30s", 30, SpanKind.WALL),
        ("15m", 900, SpanKind.WALL),
        ("4h", 14_400, SpanKind.WALL),
        ("1d", 86_400, SpanKind.WALL),
        ("2y", 2 * 365 * 86_400, SpanKind.WALL),
        ("4wh", 14_400, SpanKind.HOURS),
        ("90wm", 5_400, SpanKind.HOURS),
        ("3wd", 3 * 86_400, SpanKind.DAYS),
        (" 4 WH ", 14_400, SpanKind.HOURS),
    ],
)
def test_a_span_is_what_it_says(text: str, seconds: int, kind: SpanKind) -> None:
    assert span(text) == Span(seconds, kind)


@pytest.mark.parametrize(
    "text", ["", "15", "m", "-5m", "1.5h", "4 fortnights", "1h30m", "٣h", "9" * 30 + "h"]
)
def test_what_is_no_span_is_told_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not a duration: write a number and a unit, such as "15m"'):
        span(text)


def test_an_absurd_span_is_refused_before_it_breaks_the_clock() -> None:
    with pytest.raises(ValueError, match="between 0 and 100 years"):
        span("999999999y")


def test_parts_of_working_days_are_refused() -> None:
    with pytest.raises(ValueError, match="counted whole"):
        Span(3600, SpanKind.DAYS)


@given(st.sampled_from(SpanKind), st.integers(0, 36_500))
def test_a_span_prints_as_it_parses(kind: SpanKind, number: int) -> None:
    one = Span(number * 86_400 if kind is SpanKind.DAYS else number, kind)
    assert Span.parse(str(one)) == one


def test_days_and_elapsed() -> None:
    assert span("3wd").days == 3
    assert span("2h").elapsed == timedelta(hours=2)
    with pytest.raises(ValueError, match="working time"):
        _ = span("2wh").elapsed


# -- hours as written -------------------------------------------------------------------------------------


def test_hours_with_a_break_and_a_saturday() -> None:
    week = Calendar.parse("Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-12:00", MADRID).week
    assert week[0] == ((time(8), time(12)), (time(13), time(17)))
    assert week[5] == ((time(9), time(12)),)
    assert week[6] == ()


@pytest.mark.parametrize(
    "text", ["Sat-Mon 10:00-11:00", "sat, Sunday,mon 10:00-11:00", "Sat\u2013Mon 10:00-11:00"]
)
def test_days_may_wrap_and_be_listed(text: str) -> None:
    week = Calendar.parse(text, MADRID).week
    assert [bool(day) for day in week] == [True, False, False, False, False, True, True]


def test_a_night_shift_runs_over_midnight() -> None:
    calendar = Calendar.parse("Fri 22:00-06:00", MADRID)
    assert calendar.is_open(at("2026-03-07T05:59"))
    assert not calendar.is_open(at("2026-03-07T06:00"))
    assert calendar.closes_at(at("2026-03-06T23:00")) == at("2026-03-07T06:00")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "hold no opening"),
        ("09:00-18:00", "does not say both days and times"),
        ("Mon-Fri", "does not say both days and times"),
        ("Funday 09:00-18:00", '"Funday" is not a day of the week'),
        ("Mon 9-18", '"9" is not a time of day'),
        ("Mon 09:00-25:00", '"25:00" is not a time of day'),
        ("Mon 09:60-10:00", '"09:60" is not a time of day'),
        ("Mon 09:00", "is not a range of times"),
        ("Mon 09:00-09:00", "is empty"),
        ("Mon 09:00-12:00, 11:00-14:00", "hours of Monday overlap"),
        ("Mon 20:00-04:00; Tue 03:00-05:00", "hours of Tuesday overlap"),
    ],
)
def test_hours_that_cannot_be_are_told(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Calendar.parse(text, MADRID)


def test_a_calendar_refuses_a_week_out_of_order() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Calendar(MADRID, (((time(13), time(17)), (time(8), time(12))), (), (), (), (), (), ()))
    with pytest.raises(ValueError, match="seven days"):
        Calendar(MADRID, ((),))  # type: ignore[arg-type]


def test_equal_calendars_are_equal_and_hash_alike() -> None:
    one, two = (
        Calendar.parse(OFFICE, ZoneInfo("Europe/Madrid"), frozenset({date(2026, 1, 1)})) for _ in "ab"
    )
    assert one == two
    assert hash(one) == hash(two)


# -- open and closed --------------------------------------------------------------------------------------


def test_an_opening_holds_its_start_and_not_its_end() -> None:
    calendar = Calendar.parse(OFFICE, MADRID)
    assert not calendar.is_open(at("2026-03-02T08:59:59"))
    assert calendar.is_open(at("2026-03-02T09:00"))
    assert calendar.is_open(at("2026-03-02T17:59:59"))
    assert not calendar.is_open(at("2026-03-02T18:00"))


def test_next_open_is_now_when_open_and_after_the_weekend_else() -> None:
    calendar = Calendar.parse(OFFICE, MADRID)
    assert calendar.next_open(at("2026-03-02T10:30")) == at("2026-03-02T10:30")
    assert calendar.next_open(at("2026-03-06T18:00")) == at("2026-03-09T09:00")


def test_holidays_are_closed_all_day() -> None:
    calendar = Calendar.parse("Mon-Sun 00:00-24:00", MADRID, frozenset({date(2026, 12, 25)}))
    assert not calendar.is_open(at("2026-12-25T12:00"))
    assert calendar.next_open(at("2026-12-25T12:00")) == at("2026-12-26T00:00")
    assert calendar.closes_at(at("2026-12-24T12:00")) == at("2026-12-25T00:00")


@pytest.mark.parametrize("hours", ["always", "Mon-Sun 00:00-24:00", "Mon-Sun 00:00-12:00, 12:00-24:00"])
def test_day_and_night_never_closes(hours: str) -> None:
    calendar = Calendar.parse(hours, MADRID)
    assert calendar.closes_at(at("2026-03-02T10:00")) is None
    assert calendar.is_open(at("2026-03-29T02:30"))


def test_always_is_open_on_holidays_too() -> None:
    calendar = Calendar.parse("always", MADRID, frozenset({date(2026, 12, 25)}))
    assert calendar.is_open(at("2026-12-25T12:00"))


def test_closes_at_of_a_closed_moment_is_the_end_of_the_next_opening() -> None:
    calendar = Calendar.parse("Mon-Fri 08:00-12:00, 13:00-17:00", MADRID)
    assert calendar.closes_at(at("2026-03-02T09:00")) == at("2026-03-02T12:00")
    assert calendar.closes_at(at("2026-03-02T12:30")) == at("2026-03-02T17:00")


def test_a_calendar_that_never_opens_says_so_instead_of_looking_for_ever() -> None:
    every_monday = frozenset(date(2026, 1, 5) + timedelta(weeks=n) for n in range(200))
    calendar = Calendar.parse("Mon 09:00-18:00", MADRID, every_monday)
    moment = at("2026-03-02T10:00")
    asks: tuple[Callable[[], object], ...] = (
        lambda: calendar.next_open(moment),
        lambda: calendar.closes_at(moment),
        lambda: calendar.add(moment, span("1wh")),
        lambda: calendar.add(moment, span("1wd")),
    )
    for ask in asks:
        with pytest.raises(NeverOpen, match="two years"):
            ask()
    assert calendar.working_between(moment, moment + timedelta(days=30)) == timedelta(0)


def test_naive_moments_are_refused() -> None:
    calendar = Calendar.parse(OFFICE, MADRID)
    with pytest.raises(ValueError, match="time zone"):
        calendar.is_open(datetime(2026, 3, 2, 10))
    with pytest.raises(ValueError, match="time zone"):
        calendar.add(datetime(2026, 3, 2, 10), span("1h"))


# -- adding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-03-02T10:00", "4wh", "2026-03-02T14:00"),
        ("2026-03-02T16:00", "4wh", "2026-03-03T11:00"),
        ("2026-03-06T16:00", "4wh", "2026-03-09T11:00"),  # over the weekend
        ("2026-03-07T12:00", "4wh", "2026-03-09T13:00"),  # begun while closed
        ("2026-03-02T09:00", "9wh", "2026-03-02T18:00"),  # ends with the day, not with the next one
        ("2026-03-02T10:00", "1wd", "2026-03-03T10:00"),
        ("2026-03-06T10:00", "1wd", "2026-03-09T10:00"),
        ("2026-03-07T12:00", "1wd", "2026-03-10T09:00"),
        ("2026-03-02T10:00", "5wd", "2026-03-09T10:00"),
        ("2026-03-06T16:00", "4h", "2026-03-06T20:00"),  # elapsed time knows no hours
    ],
)
def test_durations_in_office_hours(start: str, length: str, end: str) -> None:
    assert Calendar.parse(OFFICE, MADRID).add(at(start), span(length)) == at(end)


def test_a_holiday_is_no_working_day() -> None:
    calendar = Calendar.parse(OFFICE, MADRID, frozenset({date(2026, 12, 25)}))
    assert calendar.add(at("2026-12-24T16:00"), span("4wh")) == at("2026-12-28T11:00")
    assert calendar.add(at("2026-12-24T16:00"), span("1wd")) == at("2026-12-28T16:00")


def test_working_days_move_into_the_hours_of_the_day_they_reach() -> None:
    calendar = Calendar.parse("Mon-Thu 08:00-12:00, 13:00-18:00; Fri 10:00-12:00, 13:00-15:00", MADRID)
    assert calendar.add(at("2026-03-05T17:00"), span("1wd")) == at("2026-03-06T15:00")
    assert calendar.add(at("2026-03-05T08:30"), span("1wd")) == at("2026-03-06T10:00")
    weekend = Calendar.parse("Sat 08:00-18:00; Sun 08:00-12:00, 14:00-18:00", MADRID)
    assert weekend.add(at("2026-03-07T13:00"), span("1wd")) == at("2026-03-08T14:00")


def test_results_are_utc() -> None:
    calendar = Calendar.parse(OFFICE, MADRID)
    for length in ("1h", "1wh", "1wd"):
        assert calendar.add(datetime(2026, 3, 2, 10, tzinfo=MADRID), span(length)).tzinfo is UTC


# -- clocks that change -----------------------------------------------------------------------------------


def test_spring_takes_an_hour_out_of_a_night_shift() -> None:
    nights = Calendar.parse("Mon-Sun 00:00-06:00", MADRID)
    before, after = at("2026-03-29T00:00"), at("2026-03-29T06:00")
    assert nights.working_between(before, after) == timedelta(hours=5)
    assert nights.add(before, span("5wh")) == after


def test_autumn_puts_an_hour_into_a_night_shift() -> None:
    nights = Calendar.parse("Mon-Sun 00:00-06:00", NEW_YORK)
    before, after = at("2026-11-01T00:00", NEW_YORK), at("2026-11-01T06:00", NEW_YORK)
    assert nights.working_between(before, after) == timedelta(hours=7)
    assert nights.add(before, span("7wh")) == after


def test_a_working_day_keeps_its_local_time_over_the_change() -> None:
    for zone, friday, sunday in (
        (MADRID, "2026-03-27T10:00", "2026-03-29"),
        (MADRID, "2026-10-23T10:00", "2026-10-25"),
        (NEW_YORK, "2026-03-06T10:00", "2026-03-08"),
        (NEW_YORK, "2026-10-30T10:00", "2026-11-01"),
    ):
        monday = date.fromisoformat(sunday) + timedelta(days=1)
        calendar = Calendar.parse(OFFICE, zone)
        assert calendar.add(at(friday, zone), span("1wd")) == at(f"{monday}T10:00", zone)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "utc"),
    [
        (
            date(2026, 3, 29),
            time(2, 30),
            MADRID,
            "2026-03-29T01:00+00:00",
        ),  # skipped: 03:00 is the next valid one
        (date(2026, 10, 25), time(2, 30), MADRID, "2026-10-25T00:30+00:00"),  # doubled: the first
        (date(2026, 3, 8), time(2, 1), NEW_YORK, "2026-03-08T07:00+00:00"),
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30+00:00"),
        (date(2026, 10, 4), time(2, 10), LORD_HOWE, "2026-10-03T15:30+00:00"),  # half an hour is skipped
        (date(2026, 4, 5), time(1, 45), LORD_HOWE, "2026-04-04T14:45+00:00"),  # half an hour is doubled
        (
            date(2011, 12, 30),
            time(9),
            ZoneInfo("Pacific/Apia"),
            "2011-12-30T10:00+00:00",
        ),  # a whole day is skipped
        (date(2026, 7, 1), time(12), MADRID, "2026-07-01T10:00+00:00"),
    ],
)
def test_local_moments(day: date, clock: time, zone: ZoneInfo, utc: str) -> None:
    assert local_moment(day, clock, zone) == datetime.fromisoformat(utc)


def test_lord_howe_changes_by_half_an_hour() -> None:
    calendar = Calendar.parse("Mon-Sun 01:00-03:00", LORD_HOWE)
    spring, autumn = date(2026, 10, 4), date(2026, 4, 5)
    open_time = [
        sum((end - start for start, end in calendar.openings(day)), timedelta()) for day in (spring, autumn)
    ]
    assert open_time == [timedelta(minutes=90), timedelta(minutes=150)]


def test_an_opening_inside_the_skipped_hour_is_no_opening() -> None:
    calendar = Calendar.parse("Sun 02:15-02:45", MADRID)
    assert calendar.next_open(at("2026-03-28T12:00")) == at("2026-04-05T02:15")


def test_a_date_that_the_clock_shows_twice_stays_open() -> None:
    """In St. John's the clocks went back at one minute past midnight, into the day before."""
    calendar = Calendar.parse("Mon-Sun 00:00-24:00", ST_JOHNS, frozenset({date(2000, 1, 1)}))
    start = datetime(2006, 10, 29, 0, tzinfo=UTC)
    for minutes in range(12 * 60):
        assert calendar.is_open(start + timedelta(minutes=minutes))
    assert calendar.working_between(start, start + timedelta(hours=2, minutes=45)) == timedelta(
        hours=2, minutes=45
    )


# -- what holds for all of them ---------------------------------------------------------------------------

calendars = st.builds(
    Calendar.parse,
    st.sampled_from(
        [
            OFFICE,
            "Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-12:00",
            "Mon-Sun 00:00-06:00",
            "Mon-Sun 22:00-02:30",
            "Sun 01:15-02:45",
            "Mon-Sun 00:00-24:00",
            "always",
        ]
    ),
    st.sampled_from(
        [MADRID, NEW_YORK, LORD_HOWE, ST_JOHNS, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/Havana")]
    ),
    st.sets(st.dates(date(2006, 1, 1), date(2006, 12, 31)), max_size=20).map(frozenset),
)
moments = st.datetimes(datetime(2006, 1, 1), datetime(2006, 12, 31), timezones=st.just(UTC))
lengths = st.integers(0, 3 * 86_400)


@given(calendars, moments, st.integers(1, 3 * 86_400))
def test_working_time_added_is_working_time_between(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    end = calendar.add(start, Span(seconds, SpanKind.HOURS))
    assert calendar.working_between(start, end) == timedelta(seconds=seconds)


@given(calendars, moments, lengths, lengths, st.sampled_from([SpanKind.WALL, SpanKind.HOURS]))
def test_later_starts_end_later(
    calendar: Calendar, start: datetime, wait: int, seconds: int, kind: SpanKind
) -> None:
    later = start + timedelta(seconds=wait)
    assert calendar.add(start, Span(seconds, kind)) <= calendar.add(later, Span(seconds, kind))


@given(calendars, moments, lengths, lengths)
def test_longer_is_later(calendar: Calendar, start: datetime, some: int, more: int) -> None:
    shorter, longer = (calendar.add(start, Span(n, SpanKind.HOURS)) for n in (some, some + more))
    assert start <= shorter <= longer


@given(calendars, moments, st.integers(1, 5))
def test_working_days_end_in_the_hours_of_a_later_day(calendar: Calendar, start: datetime, days: int) -> None:
    begun = calendar.next_open(start)
    ends = [calendar.add(start, Span(n * 86_400, SpanKind.DAYS)) for n in (days, days + 1)]
    assert begun < ends[0] < ends[1]
    assert any(a <= ends[0] <= b for n in (0, 1) for a, b in calendar.openings(_local(calendar, ends[0], n)))


def _local(calendar: Calendar, moment: datetime, back: int) -> date:
    return moment.astimezone(calendar.zone).date() - timedelta(days=back)


@given(calendars, moments)
def test_open_or_opening_later(calendar: Calendar, moment: datetime) -> None:
    opens = calendar.next_open(moment)
    assert calendar.is_open(opens)
    assert calendar.is_open(moment) == (opens == moment)
    closes = calendar.closes_at(moment)
    assert closes is None or (closes > opens and not calendar.is_open(closes))


@given(calendars, moments, lengths, lengths)
def test_open_time_adds_up(calendar: Calendar, start: datetime, first: int, then: int) -> None:
    middle, end = (start + timedelta(seconds=n) for n in (first, first + then))
    parts = calendar.working_between(start, middle) + calendar.working_between(middle, end)
    assert parts == calendar.working_between(start, end)
    assert calendar.working_between(end, start) == timedelta(0)
