"""The writer: many units in one transaction, each of which fails alone."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.ports import Overloaded, Stale
from storage.sql.engine import connect
from storage.sql.errors import FULL
from storage.sql.sqlite import FileCommitter
from storage.sql.writer import Writer

Write = Callable[[Connection], Any]


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    url = f"sqlite:///{tmp_path / 'w.db'}"
    engine = connect(url, role="write")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
    writer = Writer(FileCommitter(engine), queue=100)
    yield writer
    await writer.close()
    engine.dispose()


def add(number: int, word: str | None = "w") -> Write:
    return lambda c: (
        c.execute(text("INSERT INTO t VALUES (:id, :word)"), {"id": number, "word": word}).rowcount
    )


def ids(writer: Writer) -> list[int]:
    with sqlite3.connect(engine_of(writer).url.database or "") as connection:
        return [row[0] for row in connection.execute("SELECT id FROM t ORDER BY id")]


def engine_of(writer: Writer) -> Engine:
    assert isinstance(writer._committer, FileCommitter)
    return writer._committer._engine


class Gate:
    """A unit that keeps the writer busy until it is let go."""

    def __init__(self, writer: Writer) -> None:
        self._go, self._there = Event(), Event()
        self.done = asyncio.create_task(writer.submit([self._hold]))

    def _hold(self, connection: Connection) -> None:
        self._there.set()
        assert self._go.wait(5)

    async def reached(self) -> Gate:
        await asyncio.to_thread(self._there.wait, 5)
        return self

    async def open(self) -> None:
        self._go.set()
        await self.done


async def submits(writer: Writer, *units: Sequence[Write]) -> list[Any]:
    """All units behind a closed gate, so that they share one transaction; their results and exceptions."""
    gate = await Gate(writer).reached()
    tasks = [asyncio.create_task(writer.submit(unit)) for unit in units]
    await asyncio.sleep(0)
    await gate.open()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_a_unit_returns_what_its_writes_returned(writer: Writer) -> None:
    assert await writer.submit([add(1), lambda c: "second"]) == [1, "second"]


async def test_units_that_wait_share_one_transaction(writer: Writer) -> None:
    results = await submits(writer, *([add(n)] for n in range(50)))
    assert results == [[1]] * 50
    assert (writer.batches, writer.units) == (2, 51)  # the gate's own, and one for all that waited


async def test_a_unit_that_fails_is_undone_alone_and_as_a_whole(writer: Writer) -> None:
    def stale(connection: Connection) -> None:
        raise Stale("somebody was first")

    results = await submits(
        writer, [add(1)], [add(2), stale], [add(3), add(1)], [add(4), lambda c: 1 / 0], [add(5)]
    )
    assert [type(result) for result in results] == [list, Stale, Stale, ZeroDivisionError, list]
    assert ids(writer) == [1, 5]


async def test_only_a_clash_of_unique_values_is_stale(writer: Writer) -> None:
    # Trying again cures a clash. A row that may not be is a fault, and would be tried for ever.
    with pytest.raises(IntegrityError):
        await writer.submit([add(1, None)])
    await writer.submit([add(1)])
    with pytest.raises(Stale):
        await writer.submit([add(1)])


class Rows:
    """A bulk that refuses the load 13."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def __call__(self, connection: Connection, /, loads: Sequence[int]) -> list[int]:
        self.calls.append(list(loads))
        for load in loads:
            add(load)(connection)
            if load == 13:
                raise ValueError("13")
        return [load * 10 for load in loads]


async def test_bulk_loads_are_applied_together(writer: Writer) -> None:
    bulk, gate = Rows(), await Gate(writer).reached()
    tasks = [asyncio.create_task(writer.submit_bulk(bulk, n, weight=1)) for n in range(1, 10)]
    await asyncio.sleep(0)
    await gate.open()
    assert await asyncio.gather(*tasks) == [n * 10 for n in range(1, 10)]
    assert bulk.calls == [list(range(1, 10))]


async def test_a_bad_load_fails_without_its_neighbours(writer: Writer) -> None:
    bulk, gate = Rows(), await Gate(writer).reached()
    tasks = [asyncio.create_task(writer.submit_bulk(bulk, n, weight=1)) for n in (12, 13, 14)]
    other = asyncio.create_task(writer.submit([add(99)]))
    await asyncio.sleep(0)
    await gate.open()
    results = await asyncio.gather(*tasks, other, return_exceptions=True)
    assert [results[0], type(results[1]), results[2], results[3]] == [120, ValueError, 140, [1]]
    assert bulk.calls == [[12, 13, 14], [12], [13], [14]]
    assert ids(writer) == [12, 14, 99]


async def test_a_full_queue_says_so_and_takes_nothing(writer: Writer) -> None:
    gate = await Gate(writer).reached()
    waiting = asyncio.create_task(writer.submit([add(1)], weight=98))
    await asyncio.sleep(0)
    assert writer.depth == 99
    with pytest.raises(Overloaded) as full:
        await writer.submit([add(2)], weight=2)
    assert full.value.retry_after >= 1
    await gate.open()
    await waiting
    assert (writer.depth, ids(writer)) == (0, [1])


async def test_what_is_larger_than_the_queue_is_let_in_alone(writer: Writer) -> None:
    assert await writer.submit([add(1)], weight=1000) == [1]
    gate = await Gate(writer).reached()
    with pytest.raises(Overloaded):
        await writer.submit([add(2)], weight=1000)
    await gate.open()


async def test_a_locked_database_is_answered_to_every_caller(writer: Writer) -> None:
    await writer.submit([lambda c: c.exec_driver_sql("PRAGMA busy_timeout=20")])
    other = sqlite3.connect(engine_of(writer).url.database or "")
    other.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(writer.submit([add(n)]) for n in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [Overloaded] * 5
    other.rollback()
    other.close()
    assert await writer.submit([add(7)]) == [1]
    assert (ids(writer), writer.depth) == ([7], 0)


async def test_a_disk_error_at_the_commit_is_answered_to_every_caller(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(engine_of(writer).dialect, "do_commit", broken)
    results = await asyncio.gather(*(writer.submit([add(n)]) for n in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [OperationalError] * 5
    monkeypatch.undo()
    assert await writer.submit([add(7)]) == [1]
    assert ids(writer) == [7]


async def test_a_connection_that_breaks_inside_a_unit_is_told_as_that(writer: Writer) -> None:
    """As when the server dies: SQLAlchemy then refuses even to roll back to the unit's beginning."""

    def dies(connection: Connection) -> None:
        connection.invalidate()
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("gone"), connection_invalidated=True)

    results = await submits(writer, [add(1)], [add(2), dies], [add(3)])
    assert [type(result) for result in results] == [Overloaded] * 3
    await writer.submit([add(4)])
    assert ids(writer) == [4]


async def test_a_full_disk_is_told_as_that_until_there_is_room(writer: Writer) -> None:
    """SQLite itself says so: the file may not grow any more."""
    await writer.submit([lambda c: c.exec_driver_sql("PRAGMA max_page_count = 3")])
    long = "w" * 20_000
    for batch in ([add(1, long)], [add(1, long), add(2, long)]):
        for result in await submits(writer, *([one] for one in batch)):
            assert isinstance(result, Overloaded) and result.why == FULL
        assert writer.trouble == FULL and ids(writer) == []
    await writer.submit([lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000")])
    await writer.submit([add(1, long)])
    assert writer.trouble == "" and ids(writer) == [1]


async def test_a_full_disk_inside_a_unit_is_told_as_that(writer: Writer) -> None:
    def full(connection: Connection) -> None:
        # SQLite may undo the whole transaction at once, savepoints and neighbours with it.
        connection.exec_driver_sql("ROLLBACK")
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    results = await submits(writer, [add(1)], [add(2), full], [add(3)])
    assert all("disk is full" in str(result) for result in results)
    assert ids(writer) == []
    assert await writer.submit([add(7)]) == [1]


async def test_a_cancelled_callers_unit_is_written_all_the_same(
    writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await Gate(writer).reached()
    task = asyncio.create_task(writer.submit([add(1)]))
    bad = asyncio.create_task(writer.submit([lambda c: 1 / 0]))
    await asyncio.sleep(0)
    task.cancel()
    bad.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gate.open()
    await writer.close()
    assert ids(writer) == [1]
    gc.collect()
    assert caplog.records == [], "nobody complains that nobody heard of the failure"


async def test_close_waits_for_what_is_on_its_way(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sql.writer.BATCH", 1)
    gate = await Gate(writer).reached()
    tasks = [asyncio.create_task(writer.submit([add(n)])) for n in range(5)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    await gate.open()
    await closing
    assert await asyncio.gather(*tasks) == [[1]] * 5
    assert ids(writer) == [0, 1, 2, 3, 4]


async def test_nobody_waits_for_a_closed_writer(writer: Writer) -> None:
    await writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        await asyncio.wait_for(writer.submit([add(1)]), 30)
