"""Replicas hear of one another through Redis, and through the database while Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from storage.redis.shared import Shared
from storage.sql.clock import SqlClock
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.postgres import new_database
from tests.fakes.valkey import Server, new_desk


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to think that Redis is away."""
    monkeypatch.setattr("storage.redis.shared.WITHIN", 5.0)
    monkeypatch.setattr("storage.redis.shared.AGAIN", 0.1)
    monkeypatch.setattr("storage.redis.bell.LOOK", 0.1)


class Silent:
    """A bell that nobody hears; how often it was rung is counted."""

    def __init__(self) -> None:
        self.rung = 0

    def ring(self) -> None:
        self.rung += 1

    async def listen(self, heard: Callable[[], None]) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing was opened."""


@asynccontextmanager
async def a_store(url: str, redis: str) -> AsyncIterator[tuple[SqlStore, Shared]]:
    store = SqlStore(url, test_policy(), SqlClock())
    shared = Shared(redis, await store.number(), store.clock)
    store.ring_by(shared.bell)
    try:
        yield store, shared
    finally:
        await shared.close()
        await store.close()


@asynccontextmanager
async def listening(store: SqlStore) -> AsyncIterator[asyncio.Event]:
    heard = asyncio.Event()
    task = asyncio.create_task(store.listen(heard.set))
    yield heard
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come to that")


async def rings(by: SqlStore, heard: asyncio.Event) -> None:
    """What one writes the other hears; subscribing takes its time, so it is written until it is heard."""
    heard.clear()
    async with asyncio.timeout(60):
        while not heard.is_set():
            await by.submit([lambda c: None])
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), 0.3)


@pytest.mark.usefixtures("slowly")
async def test_what_one_replica_writes_the_other_hears(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Silent()
    monkeypatch.setattr("storage.sql.database.ServerBell", lambda _engine: silent)
    url = new_database()
    async with a_store(url, server.url) as (one, _), a_store(url, server.url) as (other, shared):
        assert await one.number() == await other.number()
        async with listening(one) as own, listening(other) as heard:
            await rings(one, heard)
            await rings(other, own)
            server.kill()
            await until(lambda: not shared.link.up)
            await other.submit([lambda c: None])
            await until(lambda: silent.rung > 0)
            server.start()
            await until(lambda: shared.link.up)
            await rings(one, heard)


@pytest.mark.usefixtures("slowly")
async def test_nobody_wakes_themselves(server: Server) -> None:
    shared = Shared(server.url, new_desk(), SqlClock())
    bell, heard = shared.bell(Silent()), asyncio.Event()
    task = asyncio.create_task(bell.listen(heard.set))
    await asyncio.wait_for(heard.wait(), 60)
    heard.clear()
    bell.ring()
    await until(lambda: not bell._rung.is_set())
    await asyncio.sleep(0.2)
    assert not heard.is_set()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await shared.close()


@pytest.mark.usefixtures("slowly")
async def test_without_redis_the_database_rings() -> None:
    url, away = new_database(), "redis://127.0.0.1:1/0"
    async with (
        a_store(url, away) as (one, _),
        a_store(url, away) as (other, _),
        listening(one),
        listening(other) as heard,
    ):
        await rings(one, heard)
