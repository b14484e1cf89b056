"""Replicas hear of one another at once, and nothing depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import text

from storage.sql.store import SqlStore
from tests.storage.conftest import Opener
from tests.storage.kit import does, runs

ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@asynccontextmanager
async def listening(store: SqlStore) -> AsyncIterator[asyncio.Event]:
    heard = asyncio.Event()
    task = asyncio.create_task(store.listen(heard.set))
    await asyncio.wait_for(heard.wait(), 30)
    heard.clear()
    yield heard
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@ON_POSTGRESQL
async def test_what_one_replica_writes_wakes_the_other(opened: Opener) -> None:
    async with opened() as one, opened() as other, listening(one) as rung, listening(other) as heard:
        woken = asyncio.Event()
        other.woken = woken.set
        rung.clear()
        await one.submit([lambda c: c.execute(text("DELETE FROM seen"))])
        await asyncio.wait_for(heard.wait(), 30)
        assert woken.is_set()
        assert not rung.is_set(), "nobody wakes themselves"


@ON_POSTGRESQL
async def test_a_connection_that_was_cut_is_opened_anew(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sql.bell.AGAIN", 0.05)
    async with opened() as one, opened() as other, listening(other) as heard:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        await runs(one, cut)
        # It listens again, and looks for what it may have missed.
        await asyncio.wait_for(heard.wait(), 30)
        assert await does(one, lambda c: c.execute(text("SELECT 1")).scalar()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_file_has_nobody_to_tell(store: SqlStore) -> None:
    await store.listen(lambda: pytest.fail("nobody else is there"))
