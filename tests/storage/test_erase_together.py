"""Several processes erase in one PostgreSQL database, while others write in it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta

import pytest

from bot.domain import lifecycle
from bot.domain.people import PersonId
from bot.ports import Origin, Stale
from storage.sql.audit import verify
from storage.sql.erasing import BATCH, erase_customer, erase_old
from storage.sql.reader import at_one_moment
from storage.sql.store import SqlStore
from tests.desk import MONDAY, test_policy
from tests.fakes.postgres import new_database
from tests.storage.kit import ANA, PROMISE, a_case, file, incoming, load, rows

ROOT = PersonId("terminal:root")
OLD = 2 * BATCH + 5
DAY = timedelta(days=1)
POSTS = 40


@asynccontextmanager
async def stores(count: int) -> AsyncIterator[list[SqlStore]]:
    """So many processes' stores on one database, as far as the database can tell."""
    url = new_database()
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(count):
            store = SqlStore(url, test_policy())
            stack.push_async_callback(store.close)
            found.append(store)
        yield found


async def broken(store: SqlStore) -> list[str]:
    found = await at_one_moment(store.reader, lambda c: list(verify(c)))
    return [f"{verdict.subject}: {verdict.means}" for verdict in found if verdict.broken_at is not None]


async def is_closed(store: SqlStore, number: int) -> None:
    await file(store, a_case(number), incoming(f"m{number}"))
    async with store.work(Origin()) as work:
        case = await work.cases.get(number)
        await work.cases.save(lifecycle.dismiss(case, "spam, says Zanzibar", by=ANA, at=MONDAY))


async def test_retention_kept_by_two_at_once_erases_every_case_once() -> None:
    async with stores(3) as (one, two, people):
        for number in range(1001, 1001 + OLD):
            await is_closed(one, number)
        reopened = 1001 + OLD

        async def keeps_house(store: SqlStore) -> None:
            while await erase_old(store, DAY):
                pass

        async def works() -> None:
            for number in range(reopened, reopened + 10):
                await file(people, a_case(number), incoming(f"m{number}"))

        await asyncio.gather(keeps_house(one), keeps_house(two), works())
        erased = await rows(one, "SELECT subject FROM events WHERE kind = 'erased' AND subject <> 'audit'")
        assert Counter(row.subject for row in erased) == {f"case:{1001 + n}": 1 for n in range(OLD)}
        left = await rows(one, "SELECT case_id FROM mentions WHERE text <> 'erased' ORDER BY 1")
        assert [row.case_id for row in left] == list(range(reopened, reopened + 10))
        told = await rows(
            one, "SELECT sum((data::json ->> 'cases')::int) FROM events WHERE subject = 'audit'"
        )
        assert told == [(OLD,)]
        assert await broken(two) == []


async def test_a_case_that_is_open_again_is_not_erased_by_age() -> None:
    async with stores(2) as (one, two):
        await is_closed(one, 1001)
        # One replica has chosen it; before it erases, somebody reopens it through the other one.
        found = asyncio.Event()
        reads = one.reader.once

        async def slowly(read):  # type: ignore[no-untyped-def]
            answer = await reads(read)
            if answer == [1001]:
                async with two.work(Origin()) as work:
                    case = await work.cases.get(1001)
                    await work.cases.save(lifecycle.reopen(case, by=ANA, at=MONDAY + DAY, terms=PROMISE))
                found.set()
            return answer

        one.reader.once = slowly  # type: ignore[method-assign]
        await erase_old(one, DAY)
        assert found.is_set()
        assert await rows(two, "SELECT text FROM mentions") == [("words of m1001",)]
        assert (await rows(two, "SELECT count(*) FROM events WHERE kind = 'erased'")) == [(0,)]


async def test_no_post_slips_in_while_its_author_is_erased() -> None:
    """Posts of the author keep coming in at two replicas; whatever was sent before the erasure ended is gone."""
    async with stores(3) as (one, two, third):
        done = asyncio.Event()

        async def sends(store: SqlStore, name: str) -> None:
            for number in range(POSTS):
                post = incoming(f"{name}{number}", handle="quetzal", text="Zanzibar", created_at=MONDAY)
                await store.intake.append([post])
                if number == POSTS // 4:
                    done.set()

        async def erases() -> None:
            await done.wait()
            await erase_customer(third, "x", "quetzal", by=ROOT)

        await asyncio.gather(sends(one, "a"), sends(two, "b"), erases())
        assert await rows(one, "SELECT external_id FROM mentions WHERE text = 'Zanzibar'") == []
        kept = await rows(one, "SELECT count(*) FROM mentions")
        assert kept[0][0] < 2 * POSTS, "nothing came after the erasure, so this proves nothing"


async def test_a_post_that_was_erased_meanwhile_is_not_filed() -> None:
    async with stores(2) as (one, two):
        await one.intake.append([incoming("p1", handle="quetzal", text="Zanzibar")])

        async def files() -> None:
            async with one.work(Origin()) as work:
                (new,) = await work.mentions.new(["x-kettle"], 10)
                await erase_customer(two, "x", "quetzal", by=ROOT)
                await work.cases.save(a_case(1001))
                await work.mentions.file(new, 1001)

        with pytest.raises(Stale):
            await files()
        assert await rows(one, "SELECT text, case_id FROM mentions") == [("erased", None)]


async def test_notes_written_during_an_erasure_break_no_chain() -> None:
    async with stores(3) as (one, two, third):
        await file(one, a_case(1001), incoming("p1", handle="quetzal"))
        await file(one, a_case(1002), incoming("p2", handle="quetzal"))

        async def changes_its_mind(store: SqlStore, number: int) -> None:
            for turn in range(15):
                with suppress(Stale):
                    async with store.work(Origin()) as work:
                        case = await work.cases.get(number)
                        if case.closed:
                            case = lifecycle.reopen(case, by=ANA, at=MONDAY, terms=PROMISE)
                        else:
                            case = lifecycle.dismiss(case, f"turn {turn}", by=ANA, at=MONDAY)
                        await work.cases.save(case)

        await asyncio.gather(
            changes_its_mind(one, 1001),
            changes_its_mind(two, 1002),
            erase_customer(third, "x", "quetzal", by=ROOT),
        )
        assert await broken(one) == []
        assert (await load(one, 1001)).id == 1001
        erased = await rows(one, "SELECT subject FROM events WHERE kind = 'erased' AND subject <> 'audit'")
        assert sorted(row.subject for row in erased) == ["case:1001", "case:1002"]
