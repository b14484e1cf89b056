"""Several replicas write the same rows: nobody's words are forgotten, nothing is said twice, and what crosses is cured."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.people import PersonId
from bot.ports import Overloaded, Place, Stale
from storage.sql.database import open_database
from storage.sql.errors import Crossed
from storage.sql.postgres import engine_of
from storage.sql.store import SqlStore
from storage.sql.writer import AGAIN, Unit, Writer
from tests.storage.kit import minutes, put, rows, words

ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
PLACE = Place(platform="web", conversation="support", department="support")


@ON_POSTGRESQL
async def test_what_is_put_while_a_lane_is_let_go_is_not_forgotten(store: SqlStore, database: str) -> None:
    await put(store, words("card:1"))
    (hold,) = await store.lanes.take(5, minutes(1))
    job = await store.lanes.next_job(hold)
    assert job is not None
    await store.lanes.finish(hold, job, None, None, "")
    other = engine_of(database)
    async with other.connect() as connection:
        # Another replica has put the next words, and is about to commit.
        await connection.execute(
            text(
                "INSERT INTO jobs (kind, key, args, lane, rank, due, not_before, gen, fence, lease_until, failures)"
                " VALUES ('card', 'card\\:2', '{}', 'web\\:support', 3, 5, 0, 1, 0, 0, 0)"
            )
        )
        await connection.execute(text("UPDATE lanes SET due = 5 WHERE lane = 'web\\:support'"))
        letting_go = asyncio.create_task(store.lanes.release(hold))
        await asyncio.sleep(0.2)
        await connection.commit()
    await letting_go
    await other.dispose()
    assert (await rows(store, "SELECT due IS NULL AS empty FROM lanes"))[0].empty is False


class Crossing:
    """A committer whose first transactions are crossed by another's."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def apply(self, units: Sequence[Unit]) -> list[Any]:
        self.times -= 1
        return [Crossed("again") if self.times >= 0 else ["done"] for _ in units]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("times", [0, 1, AGAIN - 1])
async def test_what_was_crossed_is_applied_again(times: int) -> None:
    writer = Writer(Crossing(times))
    assert await writer.submit([]) == ["done"]
    assert writer.depth == 0


async def test_what_is_crossed_for_ever_is_told() -> None:
    writer = Writer(Crossing(AGAIN))
    with pytest.raises(Stale):
        await writer.submit([])
    assert writer.depth == 0


async def test_a_server_that_is_away_is_a_busy_desk() -> None:
    database = open_database("postgresql://baton:secret@127.0.0.1:1/baton")
    for ask in (
        database.reader.once(lambda c: c.execute(text("SELECT 1"))),
        (await database.reader.snapshot()).look(lambda c: c.execute(text("SELECT 1"))),
        database.writer.submit([lambda c: c.execute(text("SELECT 1"))]),
    ):
        with pytest.raises(Overloaded):
            await ask
    await database.close()


async def test_what_another_worker_looked_for_in_vain_is_not_posted_any_more(store: SqlStore) -> None:
    await put(store, words("card:1"))
    (hold,) = await store.lanes.take(5, minutes(1))
    job = await store.lanes.next_job(hold)
    assert job is not None
    message = await store.lanes.begin(hold, job, nonce="n1", place=PLACE, shown="")
    assert message is not None
    assert await store.lanes.lost(message)
    with pytest.raises(Stale):
        await store.weblog.post("support", nonce="n1", text="late")
    assert await store.weblog.by_nonce("n1") is None


async def test_what_was_posted_just_now_is_not_lost(store: SqlStore) -> None:
    await put(store, words("card:1"))
    (hold,) = await store.lanes.take(5, minutes(1))
    job = await store.lanes.next_job(hold)
    assert job is not None
    message = await store.lanes.begin(hold, job, nonce="n1", place=PLACE, shown="")
    assert message is not None
    await store.weblog.post("support", nonce="n1", by=PersonId("ana@kettle.example"), text="in time")
    assert not await store.lanes.lost(message)
    assert await store.lanes.last_message("card:1") is not None
