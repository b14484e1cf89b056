"""Jobs: puts and drops that leave with somebody's work, and timers as the worker takes them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.ports import Job, JobLost, Origin, Put, Rank
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import does, minutes, put, rows, timer, words

LEASE = timedelta(seconds=60)


async def take(store: SqlStore, limit: int = 10) -> list[Job]:
    return list(await store.timers.take(limit, LEASE))


async def take_one(store: SqlStore) -> Job:
    (job,) = await take(store)
    return job


async def finish(store: SqlStore, job: Job, *puts: Put) -> None:
    async with store.work(Origin(job=job)) as work:
        for wanted in puts:
            work.jobs.put(wanted)


async def fails(store: SqlStore, job: Job | None = None) -> None:
    """A work that puts a job, and then something goes wrong."""
    async with store.work(Origin(job=job)) as work:
        work.jobs.put(timer("effect"))
        raise ZeroDivisionError


async def keys(store: SqlStore) -> list[str]:
    return [row.key for row in await rows(store, "SELECT key FROM jobs ORDER BY key")]


# -- what leaves with a work ----------------------------------------------------------------------


async def test_jobs_leave_with_their_work_or_not_at_all(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError):
        await fails(store)
    assert await keys(store) == []
    await put(store, timer("a", case=7, note="x", flag=True, none=None))
    job = await take_one(store)
    assert (job.kind, job.key, job.args) == (
        "wake",
        "a",
        {"case": 7, "note": "x", "flag": True, "none": None},
    )


async def test_a_put_again_takes_the_new_words_and_forgets_failures(store: SqlStore, time: Time) -> None:
    await put(store, timer("a", n=1))
    await store.timers.fail(await take_one(store), minutes(5))
    await put(store, timer("a", n=2))
    job = await take_one(store)
    assert (job.args, job.failures, job.gen) == ({"n": 2}, 0, 2)


@pytest.mark.parametrize(("first", "then"), [(10, 2), (2, 10)])
async def test_a_timer_takes_the_new_due(store: SqlStore, first: int, then: int) -> None:
    await put(store, timer("a", MONDAY + minutes(first)), timer("a", MONDAY + minutes(then)))
    assert (await store.timers.next_due())[0] == MONDAY + minutes(then)


@pytest.mark.parametrize(("first", "then"), [(1, 5), (5, 1)])
@pytest.mark.parametrize(("rank", "later"), [(Rank.NOTE, Rank.DIGEST), (Rank.DIGEST, Rank.NOTE)])
async def test_a_delivery_keeps_the_earlier_due_and_the_more_urgent_rank(
    store: SqlStore, first: int, then: int, rank: Rank, later: Rank
) -> None:
    await put(
        store, words("a", MONDAY + minutes(first), rank=rank), words("a", MONDAY + minutes(then), rank=later)
    )
    (row,) = await rows(store, "SELECT (due - :m) / 60000000 AS due, rank FROM jobs", m=_micros())
    assert (row.due, row.rank) == (1, Rank.NOTE)
    (lane,) = await rows(store, "SELECT (due - :m) / 60000000 AS due, rank FROM lanes", m=_micros())
    assert (lane.due, lane.rank) == (1, Rank.NOTE)


def _micros() -> int:
    return int(MONDAY.timestamp()) * 1_000_000


async def test_a_drop_ends_a_job_that_runs(store: SqlStore) -> None:
    await put(store, timer("a"))
    job = await take_one(store)
    async with store.work(Origin()) as work:
        work.jobs.drop("a")
    with pytest.raises(JobLost):
        await finish(store, job, timer("b"))
    assert await keys(store) == []


async def test_an_id_is_never_used_again(store: SqlStore) -> None:
    seen = set()
    for _ in range(3):
        await put(store, timer("a"))
        job = await take_one(store)
        seen.add(job.id)
        await finish(store, job)
    assert len(seen) == 3


# -- taking -----------------------------------------------------------------------------------------


async def test_what_is_due_first_is_taken_first(store: SqlStore) -> None:
    await put(store, *(timer(f"{n}", MONDAY - minutes(n)) for n in (3, 1, 5, 2, 4)))
    assert [job.key for job in await take(store, 2)] == ["5", "4"]
    assert [job.key for job in await take(store)] == ["3", "2", "1"]


async def test_nothing_is_taken_before_it_is_due_and_no_delivery_ever(store: SqlStore, time: Time) -> None:
    await put(store, timer("a", MONDAY + minutes(1)), words("b"))
    assert await take(store) == []
    time.at += minutes(1)
    assert [job.key for job in await take(store)] == ["a"]


async def test_two_workers_never_take_the_same(store: SqlStore) -> None:
    await put(store, *(timer(f"{n}") for n in range(40)))
    taken = await asyncio.gather(*(take(store, 7) for _ in range(10)))
    assert sorted(job.key for jobs in taken for job in jobs) == sorted(f"{n}" for n in range(40))


async def test_a_lease_that_runs_out_gives_the_job_to_another(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    first = await take_one(store)
    assert await take(store) == []
    time.at += LEASE
    second = await take_one(store)
    assert (second.id, second.fence) == (first.id, first.fence + 1)


async def test_leases_are_real_time(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    await take_one(store)
    await store.clock.move(store.writer, to=MONDAY + timedelta(days=30))
    assert await take(store) == []


async def test_what_a_dead_process_had_taken_is_free_at_once(opened: Opener, time: Time) -> None:
    async with opened() as dead:
        await put(dead, timer("a"), words("b"))
        frozen = await take_one(dead)
        (held,) = await dead.lanes.take(1, LEASE)
    async with opened() as store:
        assert (await take(store), await store.lanes.take(1, LEASE)) == ([], ())
        await store.free_leases()
        assert (await take_one(store)).fence == frozen.fence + 1
        (again,) = await store.lanes.take(1, LEASE)
        assert again.fence == held.fence + 1


# -- finishing --------------------------------------------------------------------------------------


async def test_a_thawed_worker_cannot_finish_anothers_job(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    frozen = await take_one(store)
    time.at += LEASE
    await take_one(store)
    with pytest.raises(JobLost):
        await finish(store, frozen, timer("effect"))
    assert await keys(store) == ["a"], "neither the job nor the effect of the thawed worker"


@pytest.mark.parametrize("end", ["fail", "defer", "set_aside"])
async def test_a_thawed_worker_cannot_put_off_anothers_job(store: SqlStore, time: Time, end: str) -> None:
    await put(store, timer("a"))
    frozen = await take_one(store)
    time.at += LEASE
    holder = await take_one(store)
    await getattr(store.timers, end)(frozen, "why" if end == "set_aside" else minutes(5))
    await finish(store, holder, timer("effect"))
    assert await keys(store) == ["effect"]


async def test_a_timer_that_puts_its_own_key_again_survives_its_own_finish(store: SqlStore) -> None:
    await put(store, timer("a", n=1))
    job = await take_one(store)
    await finish(store, job, timer("a", MONDAY - minutes(1), n=2))
    again = await take_one(store)
    assert (again.args, again.id) == ({"n": 2}, job.id)
    await finish(store, again)
    assert await keys(store) == []


async def test_a_put_while_it_runs_makes_it_run_again_at_once(store: SqlStore) -> None:
    await put(store, timer("a", n=1))
    job = await take_one(store)
    await put(store, timer("a", n=2))
    assert await take(store) == [], "the live lease stays"
    await finish(store, job)
    assert (await take_one(store)).args == {"n": 2}


async def test_work_may_drop_the_key_of_its_own_timer(store: SqlStore) -> None:
    await put(store, timer("a"))
    async with store.work(Origin(job=await take_one(store))) as work:
        work.jobs.drop("a")
        work.jobs.put(timer("effect"))
    assert await keys(store) == ["effect"]


async def test_a_job_without_writes_ends_with_its_work(store: SqlStore) -> None:
    await put(store, timer("a"))
    await finish(store, await take_one(store))
    assert await keys(store) == []


async def test_a_work_that_fails_leaves_its_job(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    with pytest.raises(ZeroDivisionError):
        await fails(store, await take_one(store))
    time.at += LEASE
    assert (await take_one(store)).key == "a"


# -- not now ------------------------------------------------------------------------------------------


async def test_a_failure_counts_and_a_deferral_does_not(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    await store.timers.defer(await take_one(store), minutes(1))
    assert await take(store) == []
    time.at += minutes(1)
    job = await take_one(store)
    assert job.failures == 0
    await store.timers.fail(job, minutes(1))
    time.at += minutes(1)
    assert (await take_one(store)).failures == 1


async def test_backing_off_is_real_time(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    await store.timers.fail(await take_one(store), minutes(1))
    await store.clock.move(store.writer, to=MONDAY + timedelta(days=30))
    assert await take(store) == []


async def test_a_failure_does_not_put_off_what_was_put_meanwhile(store: SqlStore) -> None:
    await put(store, timer("a", n=1))
    job = await take_one(store)
    await put(store, timer("a", n=2))
    await store.timers.fail(job, minutes(5))
    again = await take_one(store)
    assert (again.args, again.failures) == ({"n": 2}, 0)


async def test_a_job_set_aside_stays_and_waits_for_a_new_put(store: SqlStore, time: Time) -> None:
    await put(store, timer("a"))
    await store.timers.set_aside(await take_one(store), "ValueError: no")
    time.at += timedelta(days=1)
    assert await take(store) == []
    assert await store.timers.next_due() == (None, None)
    assert [row.set_aside for row in await rows(store, "SELECT set_aside FROM jobs")] == ["ValueError: no"]
    await put(store, timer("a"))
    assert (await take_one(store)).key == "a"


# -- when to look again ----------------------------------------------------------------------------------


async def test_next_due_names_the_business_and_the_real_moment(store: SqlStore, time: Time) -> None:
    assert await store.timers.next_due() == (None, None)
    await put(store, timer("a"), timer("b", MONDAY + minutes(30)))
    await store.timers.fail(await take_one(store), minutes(2))
    assert await store.timers.next_due() == (MONDAY + minutes(30), MONDAY + minutes(2))


async def test_next_due_knows_lanes_that_wait(store: SqlStore, time: Time) -> None:
    await put(store, words("a"), words("b", MONDAY + minutes(9), lane="web:pr"))
    (hold,) = await store.lanes.take(10, LEASE)
    await store.lanes.pause(hold, time.at + minutes(3))
    await store.lanes.release(hold)
    assert await store.timers.next_due() == (MONDAY + minutes(9), MONDAY + minutes(3))


async def test_jobs_survive_a_restart(store: SqlStore) -> None:
    # Another connection sees what a work committed: nothing is kept in memory.
    await put(store, timer("a"))
    count = await does(store, lambda c: c.exec_driver_sql("SELECT count(*) FROM jobs").scalar())
    assert count == 1 == await store.pending_jobs()
