"""The worker takes what is due, a bounded number at once, and outlives every surprise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.worker import FLOOR, MOST_FAILURES, Worker
from bot.ports import Hold, Job, JobLost, Origin, Overloaded, Put, Rank, Stale
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time, test_policy

Tick = Callable[[Job], Awaitable[None]]


class Bench:
    """A worker on a real store; `tick` is what a timer does, else it just finishes."""

    def __init__(self, store: SqlStore, time: Time | None = None, *, at_once: int = 4) -> None:
        self.store, self.time = store, time
        self.ran: list[str] = []
        self.spoken: list[str] = []
        self.ticks: dict[str, Tick] = {}
        self.lane: Callable[[Hold], Awaitable[None]] | None = None
        self.refreshed = 0
        self.worker = Worker(
            timers=store.timers,
            lanes=store.lanes,
            runner=self,
            empty_lane=self.empty,
            clock=store.clock,
            refresh=self._refresh,
            at_once=at_once,
        )
        store.woken = self.worker.wake

    async def _refresh(self) -> None:
        self.refreshed += 1
        await self.store.clock.refresh(self.store.reader)

    async def tick(self, job: Job) -> None:
        self.ran.append(job.key)
        if job.key in self.ticks:
            await self.ticks[job.key](job)
        else:
            await self.finish(job)

    async def finish(self, job: Job, *puts: Put) -> None:
        async with self.store.work(Origin(job=job)) as work:
            for wanted in puts:
                work.jobs.put(wanted)

    async def empty(self, hold: Hold) -> None:
        if self.lane is not None:
            await self.lane(hold)
        while job := await self.store.lanes.next_job(hold):
            self.spoken.append(job.key)
            await self.store.lanes.finish(hold, job, None, None, "")
        await self.store.lanes.release(hold)

    async def put(
        self, *keys: str, due: datetime = MONDAY, kind: str = "wake", lane: str | None = None
    ) -> None:
        async with self.store.work(Origin()) as work:
            for key in keys:
                work.jobs.put(Put(kind=kind, key=key, due=due, lane=lane, rank=Rank.EDIT))

    async def jobs(self) -> dict[str, Any]:
        sql = "SELECT key, failures, not_before, set_aside, lease_until FROM jobs"
        return {
            row.key: row for row in await self.store.reader.once(lambda c: list(c.exec_driver_sql(sql).all()))
        }


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path, empty_database: bytes) -> str:
    (tmp_path / "w.db").write_bytes(empty_database)
    return f"sqlite:///{tmp_path / 'w.db'}"


@pytest.fixture
async def bench(database: str) -> AsyncIterator[Bench]:
    """Its real time stands where the test puts it."""
    time = Time()
    store = SqlStore(database, test_policy(), SqlClock(real=time.real, sleep=time.sleep))
    yield Bench(store, time)
    await store.close()


@pytest.fixture
async def live(database: str) -> AsyncIterator[Bench]:
    """It runs on the clock on the wall."""
    store = SqlStore(database, test_policy())
    bench = Bench(store)
    running = asyncio.create_task(bench.worker.run())
    yield bench
    bench.worker.stop()
    await asyncio.wait_for(running, 5)
    await store.close()


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for says nothing by itself
            await asyncio.sleep(0.002)


# -- settling ----------------------------------------------------------------------------------------


async def test_settle_runs_what_is_due_and_what_follows_from_it(bench: Bench) -> None:
    async def leads_on(job: Job) -> None:
        await bench.finish(
            job, Put(kind="wake", key="b", due=MONDAY), Put(kind="card", key="c", due=MONDAY, lane="l")
        )

    bench.ticks["a"] = leads_on
    await bench.put("a")
    await bench.put("later", due=MONDAY + timedelta(minutes=1))
    await bench.worker.settle()
    assert (bench.ran, bench.spoken) == (["a", "b"], ["c"])
    assert set(await bench.jobs()) == {"later"}


async def test_only_so_many_run_side_by_side(bench: Bench) -> None:
    running, most = 0, 0

    async def one(job: Job) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        await bench.finish(job)

    keys = [f"k{n}" for n in range(30)]
    bench.ticks = dict.fromkeys(keys, one)
    await bench.put(*keys)
    await bench.worker.settle()
    assert (sorted(bench.ran), most) == (sorted(keys), 4)


async def test_busy_timers_do_not_keep_words_waiting(bench: Bench) -> None:
    gate = asyncio.Event()

    async def stuck(job: Job) -> None:
        await gate.wait()
        await bench.finish(job)

    keys = [f"k{n}" for n in range(6)]
    bench.ticks = dict.fromkeys(keys, stuck)
    await bench.put(*keys)
    await bench.put("word", lane="l")
    settling = asyncio.create_task(bench.worker.settle())
    await until(lambda: bench.spoken == ["word"])
    gate.set()
    await settling


# -- trouble -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("busy", [Stale("somebody was first"), Overloaded()])
async def test_a_busy_desk_is_nobodys_failure(bench: Bench, busy: Exception) -> None:
    async def meets(job: Job) -> None:
        raise busy

    bench.ticks["a"] = meets
    await bench.put("a")
    await bench.worker.settle()
    assert ((await bench.jobs())["a"].failures, bench.ran) == (0, ["a"])
    del bench.ticks["a"]
    assert bench.time
    bench.time.at += timedelta(seconds=1)
    await bench.worker.settle()
    assert await bench.jobs() == {}


async def fails(job: Job) -> None:
    raise KeyError("surprise")


async def test_a_failure_is_counted_and_tried_later_and_later(bench: Bench) -> None:
    bench.ticks["a"] = fails
    await bench.put("a")
    waits = []
    assert bench.time
    for failures in range(1, 4):
        await bench.worker.settle()
        assert (await bench.jobs())["a"].failures == failures
        _, real = await bench.store.timers.next_due()
        assert real is not None
        waits.append(real - bench.time.at)
        bench.time.at = real
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


async def ends(bench: Bench, key: str, kind: str) -> Any:
    """The job after far more failures than it may have."""
    bench.ticks[key] = fails
    await bench.put(key, kind=kind)
    assert bench.time
    for _ in range(MOST_FAILURES + 5):
        await bench.worker.settle()
        bench.time.at += timedelta(minutes=10)
    return (await bench.jobs())[key]


async def test_what_fails_too_often_is_set_aside_with_its_reason(bench: Bench) -> None:
    job = await ends(bench, "a", "wake")
    assert job.set_aside == "KeyError: 'surprise'"
    assert bench.ran.count("a") == MOST_FAILURES


@pytest.mark.parametrize("kind", ["receive", "digest"])
async def test_a_standing_job_is_tried_for_ever(bench: Bench, kind: str) -> None:
    assert (await ends(bench, "a", kind)).set_aside is None
    assert bench.ran.count("a") == MOST_FAILURES + 5


async def test_one_failure_does_not_touch_the_others(bench: Bench) -> None:
    bench.ticks["a"] = fails
    await bench.put("a", "b")
    await bench.put("word", lane="l")
    await bench.worker.settle()
    assert ("b" in bench.ran, bench.spoken, set(await bench.jobs())) == (True, ["word"], {"a"})


async def test_a_lane_that_fails_is_taken_again_when_its_lease_ends(bench: Bench) -> None:
    async def broken(hold: Hold) -> None:
        raise OSError("the disk is away")

    bench.lane = broken
    await bench.put("word", lane="l")
    await bench.worker.settle()
    bench.lane = None
    assert bench.time
    bench.time.at += timedelta(seconds=60)
    await bench.worker.settle()
    assert bench.spoken == ["word"]


async def test_an_end_that_cannot_be_noted_is_run_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        raise Overloaded

    bench.ticks["a"] = fails
    monkeypatch.setattr(bench.store.timers, "fail", full)
    await bench.put("a")
    await bench.worker.settle()
    del bench.ticks["a"]
    assert bench.time
    bench.time.at += timedelta(seconds=60)
    await bench.worker.settle()
    assert (bench.ran, await bench.jobs()) == (["a", "a"], {})


async def test_a_job_that_another_took_over_leaves_no_trace(bench: Bench) -> None:
    async def frozen(job: Job) -> None:
        assert bench.time
        bench.time.at += timedelta(seconds=60)
        (other,) = await bench.store.timers.take(1, timedelta(seconds=60))
        with pytest.raises(JobLost):
            await bench.finish(job, Put(kind="wake", key="effect", due=MONDAY))
        await bench.finish(other)

    bench.ticks["a"] = frozen
    await bench.put("a")
    await bench.worker.settle()
    assert await bench.jobs() == {}


# -- running -----------------------------------------------------------------------------------------


def soon(**length: float) -> datetime:
    return datetime.now(UTC) + timedelta(**length)


async def test_what_is_put_now_runs_now(live: Bench) -> None:
    await asyncio.sleep(0.05)
    begun = asyncio.get_running_loop().time()
    await live.put("a", due=soon())
    await live.put("word", due=soon(), lane="l")
    await until(lambda: bool(live.ran and live.spoken))
    assert asyncio.get_running_loop().time() - begun < FLOOR.total_seconds() * 0.8, "it was woken"


async def test_a_timer_strikes_at_its_moment(live: Bench) -> None:
    due = soon(seconds=0.3)
    await live.put("a", due=due)
    await until(lambda: bool(live.ran))
    late = datetime.now(UTC) - due
    assert timedelta(0) <= late < timedelta(seconds=0.25)


async def test_what_another_process_puts_is_found_within_the_floor(live: Bench, database: str) -> None:
    other = SqlStore(database, test_policy())
    async with other.work(Origin()) as work:
        work.jobs.put(Put(kind="wake", key="a", due=soon()))
    await other.close()
    await until(lambda: live.ran == ["a"], FLOOR.total_seconds() * 4)


async def test_a_clock_that_another_process_moved_is_seen(live: Bench, database: str) -> None:
    await live.put("a", due=soon(days=30))
    other = SqlStore(database, test_policy())
    await other.clock.move(other.writer, to=soon(days=31))
    await other.close()
    await until(lambda: live.ran == ["a"], FLOOR.total_seconds() * 6)


async def test_a_clock_that_runs_fast_is_kept_up_with(live: Bench) -> None:
    await live.store.clock.move(live.store.writer, rate=3600)
    await live.put("a", due=live.store.clock.now() + timedelta(minutes=5))
    await until(lambda: live.ran == ["a"])


@pytest.mark.parametrize("broken", ["take", "next_due"])
async def test_a_database_that_is_away_for_a_while_does_not_end_the_worker(
    live: Bench, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    away = 0
    real = getattr(live.store.timers, broken)

    async def sometimes(*args: Any, **more: Any) -> Any:
        nonlocal away
        away += 1
        if away < 3:
            raise OSError("the database is away")
        return await real(*args, **more)

    monkeypatch.setattr(live.store.timers, broken, sometimes)
    live.worker.wake()
    await until(lambda: away >= 3)
    await live.put("a", due=soon())
    await until(lambda: live.ran == ["a"])


@pytest.mark.parametrize("speaks", [True, False])
async def test_idle_it_asks_the_database_seldom(live: Bench, speaks: bool) -> None:
    asked = 0
    real = live.store.timers.next_due

    async def counting(**what: Any) -> Any:
        nonlocal asked
        asked += 1
        return await real(**what)

    live.worker.speaks = speaks
    if not speaks:
        await live.put("word", due=soon(), lane="l")
    live.store.timers.next_due = counting  # type: ignore[method-assign]
    await asyncio.sleep(1)
    assert asked <= 4
    assert live.spoken == []


async def test_stopping_waits_for_what_runs_and_takes_nothing_more(database: str) -> None:
    store = SqlStore(database, test_policy())
    bench, gate = Bench(store, at_once=1), asyncio.Event()

    async def slow(job: Job) -> None:
        await gate.wait()
        await bench.finish(job)

    bench.ticks["a"] = slow
    await bench.put("a", "b", due=soon())
    running = asyncio.create_task(bench.worker.run())
    await until(lambda: bench.ran == ["a"])
    bench.worker.stop()
    await asyncio.sleep(0.05)
    assert not running.done()
    gate.set()
    await asyncio.wait_for(running, 5)
    assert (bench.ran, set(await bench.jobs())) == (["a"], {"b"})
    await store.close()
