"""Two clocks: real time, and the business time that every process reads from one row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import minutes, put, timer

YEAR = timedelta(days=365)


async def test_without_a_row_business_time_is_real_time(store: SqlStore, time: Time) -> None:
    assert (store.clock.now(), store.clock.real()) == (MONDAY, MONDAY)
    time.at += minutes(3)
    assert store.clock.now() == MONDAY + minutes(3)
    assert store.clock.real_delay(MONDAY + minutes(10)) == minutes(7)
    assert store.clock.real_delay(MONDAY) == timedelta(0)


async def test_moved_it_goes_on_from_there(store: SqlStore, time: Time) -> None:
    await store.clock.move(store.writer, to=MONDAY + YEAR)
    time.at += minutes(3)
    assert store.clock.now() == MONDAY + YEAR + minutes(3)
    assert store.clock.real() == MONDAY + minutes(3)


async def test_at_another_rate_it_runs_so_many_times_as_fast(store: SqlStore, time: Time) -> None:
    await store.clock.move(store.writer, rate=60)
    time.at += timedelta(seconds=10)
    assert store.clock.now() == MONDAY + minutes(10)
    assert store.clock.real_delay(MONDAY + minutes(20)) == timedelta(seconds=10)


async def test_a_new_rate_holds_from_here_on(store: SqlStore, time: Time) -> None:
    await store.clock.move(store.writer, rate=60)
    time.at += timedelta(seconds=10)
    await store.clock.move(store.writer, rate=1)
    time.at += timedelta(seconds=10)
    assert store.clock.now() == MONDAY + minutes(10) + timedelta(seconds=10)


async def test_moving_keeps_the_rate(store: SqlStore) -> None:
    await store.clock.move(store.writer, rate=60)
    await store.clock.move(store.writer, to=MONDAY + YEAR)
    assert (store.clock.rate, store.clock.now()) == (60, MONDAY + YEAR)


async def test_a_clock_that_stands_reaches_nothing(store: SqlStore, time: Time) -> None:
    await store.clock.move(store.writer, rate=0)
    time.at += YEAR
    assert store.clock.now() == MONDAY
    assert store.clock.real_delay(MONDAY) == timedelta(0)
    assert store.clock.real_delay(MONDAY + minutes(1)) > YEAR


async def test_another_process_sees_it_when_it_looks(opened: Opener, time: Time) -> None:
    async with opened() as mine, opened() as theirs:
        await mine.clock.move(mine.writer, to=MONDAY + YEAR, rate=10)
        assert theirs.clock.now() == MONDAY
        await theirs.clock.refresh(theirs.reader)
        time.at += minutes(1)
        assert theirs.clock.now() == mine.clock.now() == MONDAY + YEAR + minutes(10)
    async with opened() as later:
        assert later.clock.now() == MONDAY + YEAR + minutes(10)


async def test_timers_follow_business_time(store: SqlStore) -> None:
    await put(store, timer("a", MONDAY + YEAR))
    assert await store.timers.take(1, minutes(1)) == ()
    await store.clock.move(store.writer, to=MONDAY + YEAR)
    assert [job.key for job in await store.timers.take(1, minutes(1))] == ["a"]


@pytest.mark.parametrize("delay", [timedelta(0), timedelta(seconds=3)])
async def test_sleep_is_real(store: SqlStore, time: Time, delay: timedelta) -> None:
    await store.clock.move(store.writer, rate=100)
    await store.clock.sleep(delay)
    assert time.at == MONDAY + delay
