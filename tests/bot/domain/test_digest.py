"""The days of a digest, the time it covers, and what its clock does after an outage."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digests.digest import Rhythm, Schedule, bars, duties, window

LONDON, BERLIN, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def daily(at: time = time(8, 45), zone: ZoneInfo = LONDON, *holidays: date) -> Schedule:
    return Schedule(rhythm=Rhythm.DAILY, at=at, zone=zone, holidays=frozenset(holidays))


def weekly(weekday: int = 4, at: time = time(15), zone: ZoneInfo = LONDON, *holidays: date) -> Schedule:
    return Schedule(rhythm=Rhythm.WEEKLY, at=at, zone=zone, weekday=weekday, holidays=frozenset(holidays))


def monthly(day: int, at: time = time(9), zone: ZoneInfo = LONDON, *holidays: date) -> Schedule:
    return Schedule(rhythm=Rhythm.MONTHLY, at=at, zone=zone, day=day, holidays=frozenset(holidays))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


# -- days ------------------------------------------------------------------------------------


def test_a_daily_digest_rests_on_weekends() -> None:
    assert daily().next_after(utc(2026, 3, 6, 9)) == date(2026, 3, 9)
    assert daily().previous(date(2026, 3, 9)) == date(2026, 3, 6)


def test_a_daily_digest_rests_on_holidays() -> None:
    easter = daily(time(8, 45), LONDON, date(2026, 4, 3), date(2026, 4, 6))
    assert easter.next_after(utc(2026, 4, 2, 12)) == date(2026, 4, 7)
    assert easter.previous(date(2026, 4, 7)) == date(2026, 4, 2)


def test_next_is_strictly_after() -> None:
    moment = utc(2026, 3, 2, 8, 45)
    assert daily().next_after(moment) == date(2026, 3, 3)
    assert daily().next_after(moment - timedelta(seconds=1)) == date(2026, 3, 2)


def test_a_weekly_digest_has_its_day() -> None:
    assert weekly().next_after(utc(2026, 3, 2, 9)) == date(2026, 3, 6)
    assert weekly().next_after(utc(2026, 3, 6, 15)) == date(2026, 3, 13)


def test_a_weekly_digest_on_a_holiday_comes_on_the_working_day_before() -> None:
    easter = weekly(4, time(15), LONDON, date(2026, 4, 3))
    assert easter.next_after(utc(2026, 3, 30)) == date(2026, 4, 2)
    assert easter.next_after(utc(2026, 4, 2, 15)) == date(2026, 4, 10)
    covered = window(easter, date(2026, 4, 10), utc(2026, 4, 11))
    assert covered.start == easter.moment(date(2026, 4, 2))


def test_a_weekly_digest_on_a_monday_holiday_comes_the_day_after() -> None:
    assert weekly(0, time(9), LONDON, date(2026, 4, 6)).next_after(utc(2026, 4, 1)) == date(2026, 4, 7)


def test_a_week_of_holidays_has_no_digest_and_the_next_one_covers_it() -> None:
    shut = weekly(4, time(15), LONDON, *(date(2026, 12, 21) + timedelta(days=n) for n in range(7)))
    assert shut.next_after(utc(2026, 12, 18, 15)) == date(2027, 1, 1)
    assert window(shut, date(2027, 1, 1), utc(2027, 2, 1)).start == utc(2026, 12, 18, 15)


def test_a_weekly_digest_may_have_a_day_of_the_weekend() -> None:
    assert weekly(6).next_after(utc(2026, 3, 2)) == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (utc(2027, 2, 1, 9), date(2027, 3, 1)),  # Sunday 28 February, so Monday
        (utc(2028, 1, 31, 9), date(2028, 2, 29)),
        (utc(2026, 3, 2, 9), date(2026, 3, 31)),
        (utc(2026, 3, 31, 9), date(2026, 4, 30)),
        (utc(2026, 10, 30, 9), date(2026, 11, 2)),  # Saturday 31 October
    ],
)
def test_the_31st_is_the_last_day_of_a_shorter_month_or_the_working_day_after(
    after: datetime, expected: date
) -> None:
    assert monthly(31).next_after(after) == expected


def test_a_monthly_digest_on_new_years_day_comes_on_the_next_working_day_and_covers_december() -> None:
    new_year = monthly(1, time(9), LONDON, date(2027, 1, 1))
    assert new_year.next_after(utc(2026, 12, 31)) == date(2027, 1, 4)
    covered = window(new_year, date(2027, 1, 4), utc(2027, 1, 5))
    assert (covered.start, covered.end) == (utc(2026, 12, 1), utc(2027, 1, 1))


def test_the_local_date_counts_not_the_one_in_utc() -> None:
    auckland = daily(time(8), ZoneInfo("Pacific/Auckland"))
    # Sunday evening in UTC is Monday morning there.
    assert auckland.next_after(utc(2026, 3, 1, 18)) == date(2026, 3, 2)
    assert auckland.moment(date(2026, 3, 2)) == utc(2026, 3, 1, 19)


def test_a_calendar_of_holidays_only_is_refused() -> None:
    never = daily(time(9), LONDON, *(date(2026, 1, 1) + timedelta(days=n) for n in range(900)))
    with pytest.raises(ValueError, match="holidays"):
        never.next_after(utc(2026, 2, 1))


# -- daylight saving ---------------------------------------------------------------------------


def test_a_skipped_local_time_becomes_the_next_valid_one() -> None:
    # Berlin, 29 March 2026: 02:00 becomes 03:00.
    assert weekly(6, time(2, 30), BERLIN).moment(date(2026, 3, 29)) == utc(2026, 3, 29, 1)


def test_a_doubled_local_time_is_the_first_one_and_comes_once() -> None:
    # New York, 1 November 2026: 01:30 comes at 05:30 and at 06:30 UTC.
    schedule = weekly(6, time(1, 30), NEW_YORK)
    assert schedule.moment(date(2026, 11, 1)) == utc(2026, 11, 1, 5, 30)
    assert schedule.next_after(utc(2026, 11, 1, 5, 30)) == date(2026, 11, 8)


def test_a_window_over_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    over_spring = window(daily(time(8, 45), BERLIN), date(2026, 3, 30), utc(2026, 4, 1))
    assert over_spring.end - over_spring.start == timedelta(days=3, hours=-1)
    over_autumn = window(daily(time(8, 45), BERLIN), date(2026, 10, 26), utc(2026, 11, 1))
    assert over_autumn.end - over_autumn.start == timedelta(days=3, hours=1)


_ZONES = (
    "Europe/London", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago", "Africa/Cairo",
    "Asia/Tehran", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Apia", "Asia/Kathmandu",
    "America/Havana", "Pacific/Chatham",
)  # fmt: skip


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    return Schedule(
        rhythm=draw(st.sampled_from(Rhythm)),
        at=draw(st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))),
        zone=ZoneInfo(draw(st.sampled_from(_ZONES))),
        weekday=draw(st.integers(0, 6)),
        day=draw(st.integers(1, 31)),
        holidays=frozenset(draw(st.lists(st.sampled_from(year), max_size=12))),
    )


@given(schedules(), st.datetimes(datetime(2025, 12, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))
@settings(max_examples=300, deadline=None)
def test_in_every_zone_digests_follow_one_another_without_gap_or_overlap(
    schedule: Schedule, at: datetime
) -> None:
    day = schedule.next_after(at)
    after = schedule.next_after(schedule.moment(day))
    assert schedule.moment(day) > at
    assert day < after
    assert schedule.previous(after) == day
    later = schedule.moment(after) + timedelta(days=40)
    one, two = window(schedule, day, later), window(schedule, after, later)
    assert one.end == two.start
    assert one.start < one.end <= schedule.moment(day)
    assert one.then_start < one.then_end <= one.end
    assert schedule.due_between(at, schedule.moment(after))[-2:] == [day, after]


@given(schedules(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_in_every_zone_a_digest_comes_at_its_local_time_or_right_after_the_gap(
    schedule: Schedule, day: date
) -> None:
    moment = schedule.moment(day)
    local = moment.astimezone(schedule.zone).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(day, schedule.at)
    earlier = (moment - timedelta(seconds=1)).astimezone(schedule.zone).replace(tzinfo=None, fold=0)
    assert local == wanted or earlier < wanted < local
    # Of a doubled time it is the first: it did not come an hour (or half of one) before.
    assert all(
        (moment - timedelta(minutes=ago)).astimezone(schedule.zone).replace(tzinfo=None, fold=0) != wanted
        for ago in (30, 60)
    )


# -- windows -----------------------------------------------------------------------------------


def test_monday_covers_the_weekend_and_is_compared_with_the_weekend_before() -> None:
    covered = window(daily(), date(2026, 3, 9), utc(2026, 3, 9, 9))
    assert (covered.start, covered.end) == (utc(2026, 3, 6, 8, 45), utc(2026, 3, 9, 8, 45))
    assert (covered.then_start, covered.then_end) == (utc(2026, 2, 27, 8, 45), utc(2026, 3, 2, 8, 45))
    assert not covered.so_far


def test_the_day_after_a_holiday_covers_it() -> None:
    schedule = daily(time(8, 45), LONDON, date(2026, 12, 25))
    covered = window(schedule, date(2026, 12, 28), utc(2027, 1, 1))
    assert covered.start == utc(2026, 12, 24, 8, 45)


def test_windows_of_consecutive_digests_touch() -> None:
    schedule, now = daily(), utc(2026, 6, 1)
    days = schedule.due_between(utc(2026, 3, 1), utc(2026, 4, 30))
    windows = [window(schedule, day, now) for day in days]
    assert all(a.end == b.start for a, b in itertools.pairwise(windows))


def test_a_week_is_compared_with_the_week_before() -> None:
    covered = window(weekly(), date(2026, 3, 13), utc(2026, 3, 14))
    assert (covered.start, covered.then_end) == (utc(2026, 3, 6, 15), utc(2026, 3, 6, 15))
    assert covered.then_start == utc(2026, 2, 27, 15)


def test_a_month_is_compared_with_the_month_before() -> None:
    covered = window(monthly(1), date(2026, 4, 1), utc(2026, 4, 2))
    # Whole days of London, where clocks went forward meanwhile.
    assert (covered.start, covered.end) == (utc(2026, 3, 1), utc(2026, 3, 31, 23))
    assert (covered.then_start, covered.then_end) == (utc(2026, 2, 1), utc(2026, 3, 1))


def test_a_period_so_far_is_compared_with_as_much_of_the_period_before() -> None:
    now = utc(2026, 3, 3, 10)
    covered = window(daily(), date(2026, 3, 4), now)
    assert covered.so_far
    assert covered.start == utc(2026, 3, 3, 8, 45)
    # What happens in this very moment counts.
    assert covered.start <= now < covered.end
    assert covered.end - covered.start == covered.then_end - covered.then_start


def test_a_period_that_has_not_begun_is_empty() -> None:
    covered = window(daily(), date(2026, 3, 20), utc(2026, 3, 3, 10))
    assert covered.end - covered.start == timedelta.resolution


def test_the_digest_of_a_weekend_day_begins_with_fridays() -> None:
    covered = window(daily(), date(2026, 3, 7), utc(2026, 3, 9))
    assert (covered.start, covered.end) == (utc(2026, 3, 6, 8, 45), utc(2026, 3, 7, 8, 45))


# -- the clock -----------------------------------------------------------------------------------


def test_on_time_one_date_is_posted() -> None:
    due = utc(2026, 3, 2, 8, 45)
    todo = duties(daily(), due, due + timedelta(seconds=2))
    assert (todo.post, todo.skipped, todo.next) == ((date(2026, 3, 2),), (), date(2026, 3, 3))


def test_exactly_a_day_late_is_posted_still_and_a_second_later_skipped() -> None:
    due = utc(2026, 3, 6, 8, 45)
    assert duties(daily(), due, due + timedelta(days=1)).post == (date(2026, 3, 6),)
    late = duties(daily(), due, due + timedelta(days=1, seconds=1))
    assert (late.post, late.skipped) == ((), (date(2026, 3, 6),))


def test_after_a_long_outage_the_late_ones_are_skipped_and_the_newest_is_posted() -> None:
    todo = duties(daily(), utc(2026, 3, 2, 8, 45), utc(2026, 3, 5, 12))
    assert todo.skipped == (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4))
    assert todo.post == (date(2026, 3, 5),)
    assert todo.next == date(2026, 3, 6)


def test_a_clock_set_by_an_older_policy_posts_nothing_at_the_wrong_time() -> None:
    todo = duties(daily(time(17)), utc(2026, 3, 2, 8, 45), utc(2026, 3, 2, 8, 45))
    assert (todo.post, todo.skipped, todo.next) == ((), (), date(2026, 3, 2))


# -- bars ------------------------------------------------------------------------------------------


def test_a_day_has_bars_of_three_hours_in_local_time() -> None:
    start = utc(2026, 6, 2, 6, 45)  # 08:45 in Berlin
    hours = [0] * 24
    hours[0], hours[5] = 2, 3
    found = bars(hours, start, start + timedelta(days=1), BERLIN)
    assert found[0] == ("Tue 09–12", 2)
    assert ("Tue 12–15", 3) in found
    assert sum(value for _, value in found) == 5
    assert [label for label, _ in found][-1] == "Wed 06–09"


def test_a_weekend_or_a_week_has_a_bar_for_each_day_and_a_month_for_each_week() -> None:
    start = utc(2026, 3, 6, 15)
    week = bars([1] * 168, start, start + timedelta(days=7), LONDON)
    assert [label for label, _ in week][:2] == ["Fri 6 Mar", "Sat 7 Mar"]
    month = bars([1] * 24 * 28, start, start + timedelta(days=28), LONDON)
    assert month[0][0] == "week of 2 Mar"
    assert sum(value for _, value in month) == 24 * 28


def test_hours_without_a_count_are_empty_bars() -> None:
    start = utc(2026, 3, 6, 9)
    assert bars((), start, start + timedelta(hours=6), LONDON) == (("Fri 09–12", 0), ("Fri 12–15", 0))


def test_no_time_at_all_has_no_bars() -> None:
    start = utc(2026, 3, 6, 9)
    assert bars((), start, start, LONDON) == ()
