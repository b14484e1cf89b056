"""Snapshots: as many as there are connections, none of which waits for the writer or is lost."""

from __future__ import annotations

import asyncio
import time as wall
import traceback
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.ports import Origin
from storage.sql.engine import READERS
from storage.sql.store import SqlStore
from tests.storage.conftest import ON_SQLITE
from tests.storage.kit import a_case, load, save


def one(connection: Connection) -> Any:
    return connection.exec_driver_sql("SELECT 1").scalar()


@ON_SQLITE
async def test_reading_does_not_wait_for_the_writer(store: SqlStore) -> None:
    await save(store, a_case(7))
    begun, go = Event(), Event()

    def hold(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM cases")
        begun.set()
        go.wait(5)

    writing = asyncio.create_task(store.writer.submit([hold]))
    await asyncio.to_thread(begun.wait, 5)
    assert (await load(store, 7)).id == 7
    assert await store.case_count() == 1
    go.set()
    await writing
    assert await store.case_count() == 0


async def test_more_readers_than_connections_take_turns(store: SqlStore) -> None:
    await save(store, a_case(7))

    async def reads() -> int:
        async with store.work(Origin()) as work:
            await work.cases.get(7)
            await asyncio.sleep(0.001)
            return (await work.cases.get(7)).id

    assert await asyncio.gather(*(reads() for _ in range(READERS * 10))) == [7] * READERS * 10


async def test_readers_that_give_up_leave_nothing_behind(store: SqlStore) -> None:
    def slow(connection: Connection) -> Any:
        wall.sleep(0.02)
        return one(connection)

    async def reads() -> None:
        async with store.work(Origin()) as work:
            await work.read(slow, long=True)

    for _ in range(5):
        tasks = [asyncio.create_task(reads()) for _ in range(READERS * 2)]
        await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(5):
        await asyncio.gather(*(reads() for _ in range(READERS)))


@ON_SQLITE
async def test_a_long_read_lets_the_desk_go_on(store: SqlStore) -> None:
    go = Event()

    def long(connection: Connection) -> Any:
        assert go.wait(5)
        return one(connection)

    async def reads() -> Any:
        async with store.work(Origin()) as work:
            return await work.read(long, long=True)

    reading = asyncio.create_task(reads())
    await asyncio.sleep(0.01)
    assert await store.reader.look(one) == 1
    go.set()
    assert await reading == 1


async def test_a_quick_read_sees_what_was_just_committed(store: SqlStore) -> None:
    for number in range(1, 5):
        await save(store, a_case(number))
        assert (
            await store.reader.look(lambda c: c.exec_driver_sql("SELECT count(*) FROM cases").scalar())
            == number
        )


async def test_a_read_that_fails_does_not_spoil_the_next(store: SqlStore) -> None:
    def broken(connection: Connection) -> Any:
        one(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.reader.look(broken)
    with pytest.raises(ZeroDivisionError):
        await store.reader.once(broken)
    assert await store.reader.look(one) == await store.reader.once(one) == 1


async def test_readers_cannot_write(store: SqlStore) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await store.reader.look(lambda c: c.exec_driver_sql("DELETE FROM cases"))


async def test_what_a_failed_statement_carried_is_not_in_its_error(store: SqlStore) -> None:
    """It would stand in the log."""
    secret = text("SELECT * FROM nowhere WHERE word = :word").bindparams(word="marta's secret")
    with pytest.raises(Exception, match="nowhere") as reading:
        await store.reader.once(lambda c: c.execute(secret).all())
    with pytest.raises(Exception, match="nowhere") as writing:
        await store.submit([lambda c: c.execute(secret)])
    for raised in (reading, writing):
        said = "".join(traceback.format_exception(raised.value))
        assert "marta" not in said.replace('word="marta\'s secret"', "")


async def test_a_closed_snapshot_reads_nothing(store: SqlStore) -> None:
    snapshot = await store.reader.snapshot()
    assert await snapshot.look(one) == 1
    await snapshot.close()
    with pytest.raises(RuntimeError, match="closed"):
        await snapshot.look(one)
