"""The pulse: whether the desk was down, noticed once, whoever starts and whatever the clocks do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.alarms.outage import Backlog, Outage
from bot.ports import Origin
from storage.sql.outages import OUTAGES
from storage.sql.puts import JOBS
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import incoming

AFTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


async def outages(store: SqlStore) -> list[Outage]:
    async with store.work(Origin()) as work:
        return list(await work.outages.between(MONDAY - timedelta(days=9), MONDAY + timedelta(days=9)))


async def test_the_first_start_is_no_outage(store: SqlStore) -> None:
    assert await store.pulse.beat(AFTER) is None
    assert await store.pulse.last() is None


async def test_a_gap_longer_than_the_policy_says_is_one(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    time.at += AFTER
    assert await store.pulse.beat(AFTER) is None, "not longer"
    time.at += AFTER + timedelta(seconds=1)
    found = await store.pulse.beat(AFTER)
    assert found == Outage(id=1, since=MONDAY + AFTER, until=time.at)
    assert await store.pulse.beat(AFTER) is None
    assert await outages(store) == [found] == [await store.pulse.last()]


async def test_stopped_on_purpose_is_an_outage_of_another_name(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    await store.pulse.stop()
    time.at += HOUR
    found = await store.pulse.beat(AFTER)
    assert found is not None
    assert found.stopped


async def test_several_that_start_at_once_notice_it_once(opened: Opener, time: Time) -> None:
    async with opened() as one, opened() as two:
        await one.pulse.beat(AFTER)
        time.at += HOUR
        found = await asyncio.gather(*(store.pulse.beat(AFTER) for store in (one, two, one, two)))
        assert len([outage for outage in found if outage is not None]) == 1
        assert len(await outages(two)) == 1


async def test_one_that_was_frozen_finds_that_another_worked(opened: Opener, time: Time) -> None:
    async with opened() as frozen, opened() as other:
        await frozen.pulse.beat(AFTER)
        for _ in range(6):
            time.at += timedelta(minutes=10)
            await other.pulse.beat(AFTER)
        assert await frozen.pulse.beat(AFTER) is None


async def test_a_clock_that_is_moved_or_runs_fast_makes_none(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    await store.clock.move(store.writer, to=MONDAY + timedelta(days=3), rate=280.0)
    time.at += timedelta(minutes=1)
    assert await store.pulse.beat(AFTER) is None, "forward, and five hours within a minute"
    await store.clock.move(store.writer, to=MONDAY - timedelta(days=300), rate=1.0)
    time.at += HOUR
    assert await store.pulse.beat(AFTER) is None, "back"
    await store.clock.move(store.writer, rate=0.0)
    await store.pulse.beat(AFTER)
    time.at += HOUR
    assert await store.pulse.beat(AFTER) is None, "standing"


async def test_down_again_before_it_had_caught_up_is_one_outage(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    await store.pulse.stop()
    time.at += HOUR
    first = await store.pulse.beat(AFTER)
    time.at += HOUR
    second = await store.pulse.beat(AFTER)
    assert first is not None
    assert second is not None
    assert (second.id, second.since, second.until, second.stopped) == (1, first.since, time.at, False)
    async with store.work(Origin()) as work:
        await work.outages.caught_up(second, time.at)
    time.at += HOUR
    third = await store.pulse.beat(AFTER)
    assert third is not None
    assert (third.id, third.since) == (2, second.until)


async def test_it_leaves_one_job_behind(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    time.at += HOUR
    await store.pulse.beat(AFTER)
    rows = await store.reader.once(lambda c: c.execute(JOBS.select().where(JOBS.c.kind == "outage")).all())
    assert [row.key for row in rows] == ["outage:1"]
    assert rows[0].due > time.at


async def test_it_knows_which_posts_waited(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    await store.intake.append([incoming("before")])
    time.at += HOUR
    found = await store.pulse.beat(AFTER)
    assert found is not None
    async with store.work(Origin()) as work:
        assert await work.outages.waiting(found, time.at)
    first = await store.reader.once(lambda c: c.execute(OUTAGES.select()).one().first_mention)
    assert first == 1


async def test_what_was_told_first_stands(store: SqlStore, time: Time) -> None:
    await store.pulse.beat(AFTER)
    time.at += HOUR
    found = await store.pulse.beat(AFTER)
    assert found is not None
    told = Backlog(at=MONDAY, worst=(1001, 1002), posts=7)
    for backlog in (told, Backlog(at=time.at)):
        async with store.work(Origin()) as work:
            await work.outages.tell(found, "support", backlog)
    async with store.work(Origin()) as work:
        assert await work.outages.told(found.id, "support") == told
        assert await work.outages.told(found.id, "pr") is None
