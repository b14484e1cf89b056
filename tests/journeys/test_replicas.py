"""Three replicas on one PostgreSQL are one desk, also while they are killed, frozen, replaced, or lose the database.

`BATON_CRASH_SEEDS=20` tries so many different days instead of one.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from bot.domain.parts import State as CaseState
from bot.ports import CaseFilter, Origin
from storage.sql import chain
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.postgres import Server, new_database
from tests.journeys.history import Act, State, explained
from tests.journeys.replicas import EMAILS, Fleet, Replica, fleet, until
from tests.storage.kit import rows

SEEDS: Final = [20260302 + number for number in range(int(os.environ.get("BATON_CRASH_SEEDS", "1")))]
MOST_ACTS: Final = 40
"""On one case: a search stays small."""
_VERBS = (("ben", "hana", "cleo"), ("claim", "claim", "take", "release", "handoff", "accept"))


def post(number: int) -> dict[str, Any]:
    return {
        "source": "x",
        "id": f"m{number}",
        "created_at": "2026-03-02T09:00:00Z",
        "author": {"handle": f"author{number}"},
        "text": f"My parcel {number} never came",
    }


@asynccontextmanager
async def looking_at(url: str) -> AsyncIterator[SqlStore]:
    """The database as the replicas leave it."""
    store = SqlStore(url, test_policy())
    try:
        yield store
    finally:
        await store.close()


async def filed(store: SqlStore, count: int) -> list[int]:
    """The cases, once that many mentions are all filed."""

    async def how_many() -> int:
        return int((await rows(store, "SELECT count(case_id) FROM mentions"))[0][0])

    await until(how_many, count)
    return [row.case_id for row in await rows(store, "SELECT DISTINCT case_id FROM mentions ORDER BY 1")]


async def rested(store: SqlStore) -> None:
    """Once nothing is due any more."""

    async def due() -> int:
        now = round(store.clock.now().timestamp() * 1_000_000)
        waiting = "SELECT count(*) FROM jobs WHERE set_aside IS NULL AND (lane IS NOT NULL OR due <= :now)"
        return int((await rows(store, waiting, now=now))[0][0])

    await until(due, 0)


async def as_it_ended(store: SqlStore, case: int) -> State:
    async with store.work(Origin()) as work:
        known = await work.cases.get(case)
    owner = known.owner.partition("@")[0] if known.owner else None
    return State(department=known.department, owner=owner, offered=known.offer.to if known.offer else None)


async def people_act(
    known: Fleet, cases: list[int], chance: random.Random, acts: dict[int, list[Act]], over: asyncio.Event
) -> None:
    """One after the other, anywhere, until it is `over`."""
    names, verbs = _VERBS
    while not over.is_set():
        case, who, verb = chance.choice(cases), chance.choice(names), chance.choice(verbs)
        if len(acts[case]) < MOST_ACTS:
            acts[case].append(await known.acts(chance.choice(known.replicas), who, verb, case))
        await asyncio.sleep(chance.uniform(0, 0.05))


async def one_order_explains_all_answers(store: SqlStore, acts: dict[int, list[Act]]) -> None:
    for case, done in acts.items():
        assert explained(done, start=State(), end=await as_it_ended(store, case)), (case, done)


async def nothing_is_lost_or_doubled(store: SqlStore, posts: int) -> None:
    mentions = await rows(store, "SELECT external_id, case_id, set_aside FROM mentions")
    assert Counter(row.external_id for row in mentions) == {f"m{number}": 1 for number in range(posts)}
    assert [row for row in mentions if row.case_id is None or row.set_aside] == []
    events = await rows(store, "SELECT data FROM events WHERE kind IN ('opened', 'joined')")
    assert set(Counter(json.loads(row.data)["mention"] for row in events).values()) == {1}
    twice = """SELECT m.key, count(*) FROM web_messages w LEFT JOIN messages m ON m.nonce = w.nonce
    WHERE NOT w.deleted AND w.card IS NOT NULL GROUP BY m.key HAVING count(*) <> 1 OR m.key IS NULL"""
    assert await rows(store, twice) == []
    assert await rows(store, "SELECT key FROM messages WHERE state = 'sending'") == []
    assert await rows(store, "SELECT key, set_aside FROM jobs WHERE set_aside IS NOT NULL") == []
    async with store.work(Origin()) as work:
        cases = await work.cases.find(CaseFilter(states=tuple(CaseState)), limit=10_000)
    for case in cases:
        whole = partial(chain.broken_at, subject=f"case:{case.id}", length=case.seq)
        assert await store.reader.once(whole) is None, case.id
        keys = [f"card:{case.id}@web:{department}" for department in case.seen_in]
        shown = await rows(
            store, "SELECT key FROM messages WHERE state = 'sent' AND key = ANY(:keys)", keys=keys
        )
        assert sorted(row.key for row in shown) == sorted(keys)


# -- a day on which nothing breaks --------------------------------------------------------------------------


async def test_three_replicas_are_one_desk(tmp_path: Path) -> None:
    chance, url = random.Random(20260302), new_database()
    async with fleet(tmp_path, url) as known, looking_at(url) as store:
        await asyncio.gather(*(known.posts([post(number)], chance) for number in (*range(12), *range(12))))
        cases = await filed(store, 12)
        await a_page_on_another_replica_shows_it(known, cases[0])
        await everybody_claims(known, cases)
        await a_rolling_restart_loses_no_click(known, cases, chance)
        await rested(store)
        await a_night_passes(store)
        await nothing_is_lost_or_doubled(store, 12)


async def a_page_on_another_replica_shows_it(known: Fleet, case: int) -> None:
    """Live: no page asks anew."""
    one, other, _ = known.replicas
    page = f"{other.address}/web/events?as={EMAILS['ben']}"
    async with known.client.get(page) as events, asyncio.timeout(60):
        await events.content.readline()
        await known.says(one, "ana", f"note {case} said on another replica")
        async for line in events.content:
            if b"said on another replica" in line:
                return
    raise AssertionError("the page ended")


async def everybody_claims(known: Fleet, cases: list[int]) -> None:
    for case in cases:
        people = [("ana", 0), ("ben", 1), ("hana", 2), ("ana", 1), ("ben", 2), ("hana", 0)]
        acts = await asyncio.gather(*(known.acts(known.replicas[i], who, "claim", case) for who, i in people))
        assert [act.done for act in acts].count(True) == 1, acts


async def a_rolling_restart_loses_no_click(known: Fleet, cases: list[int], chance: random.Random) -> None:
    """Replaced one after the other, under clicks; each click is answered somewhere and done once."""
    over, notes = asyncio.Event(), 0

    async def clicks() -> None:
        nonlocal notes
        while not over.is_set():
            notes += 1
            await known.insists("ana", f"note {cases[1]} number {notes}", chance)

    clicking = asyncio.create_task(clicks())
    for replica in known.replicas[:2]:
        assert await asyncio.to_thread(replica.end) == 0
        replica.start()
        await known.ready()
    over.set()
    await clicking
    async with looking_at(known.replicas[0].url) as store:
        written = await rows(store, "SELECT data FROM events WHERE kind = 'noted'")
        texts = Counter(json.loads(row.data).get("text") for row in written)
        assert {f"number {n}": texts[f"number {n}"] for n in range(1, notes + 1)} == {
            f"number {n}": 1 for n in range(1, notes + 1)
        }


async def a_night_passes(store: SqlStore) -> None:
    """Every clock strikes on every replica at once; each is heard once."""
    tomorrow = (store.clock.now() + timedelta(days=1)).replace(hour=23, minute=0)
    await store.clock.move(store.writer, to=tomorrow)
    lapsed = "SELECT subject, count(*) AS times FROM events WHERE kind = 'lapsed' GROUP BY subject"

    async def times() -> set[int]:
        return {row.times for row in await rows(store, lapsed)}

    await until(times, {1})
    await rested(store)
    digests = await rows(store, "SELECT channel, kind, local_date FROM digests_posted")
    posted = await rows(store, "SELECT key FROM messages WHERE key LIKE 'digest%' AND state = 'sent'")
    assert len(digests) == len(posted) > 0


# -- days on which much breaks --------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to be killed; what it confirmed is on disk."""
    folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
    server = Server(folder)
    try:
        server.make()
        server.start({"max_connections": "100"})
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif("BATON_TEST_POSTGRES" in os.environ, reason="somebody else's server is not killed")
@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_frozen_and_without_a_database_nothing_is_lost(
    tmp_path: Path, server: Server, seed: int
) -> None:
    chance = random.Random(seed)
    await asyncio.to_thread(upgrade, server.url)
    async with fleet(tmp_path, server.url) as known, looking_at(server.url) as store:
        await asyncio.gather(*(known.posts([post(number)], chance) for number in range(6)))
        cases = await filed(store, 6)
        acts: dict[int, list[Act]] = {case: [] for case in cases}
        over = asyncio.Event()
        acting = [
            asyncio.create_task(people_act(known, cases, random.Random(seed + n), acts, over))
            for n in range(6)
        ]
        surge = asyncio.create_task(a_surge(known, 6, 120, chance))
        for fault in chance.sample(FAULTS, len(FAULTS)):
            await asyncio.sleep(chance.uniform(0, 1))
            await fault(known, server, chance)
        over.set()
        await asyncio.gather(*acting, surge)
        await known.ready()
        await filed(store, 120)
        await rested(store)
        await one_order_explains_all_answers(store, acts)
        await nothing_is_lost_or_doubled(store, 120)
        print(f"seed {seed}: {sum(map(len, acts.values()))} acts, each explained")


async def a_surge(known: Fleet, first: int, end: int, chance: random.Random) -> None:
    for number in range(first, end, 3):
        await known.posts([post(each) for each in range(number, number + 3)], chance)
        await asyncio.sleep(chance.uniform(0, 0.1))


async def one_is_killed(known: Fleet, _server: Server, chance: random.Random) -> None:
    replica: Replica = chance.choice(known.replicas)
    replica.kill()
    await asyncio.sleep(chance.uniform(0, 0.5))
    replica.start()


async def all_are_killed(known: Fleet, _server: Server, _chance: random.Random) -> None:
    for replica in known.replicas:
        replica.kill()
    for replica in known.replicas:
        replica.start()
    await known.ready()


async def one_is_frozen(known: Fleet, _server: Server, chance: random.Random) -> None:
    """For longer than its leases and its transactions live."""
    replica = chance.choice(known.replicas)
    if replica.process is not None:
        replica.send(signal.SIGSTOP)
        await asyncio.sleep(8)
        replica.send(signal.SIGCONT)


async def connections_are_cut(known: Fleet, _server: Server, _chance: random.Random) -> None:
    await known.ready()
    async with looking_at(known.replicas[0].url) as store:
        await rows(
            store,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'baton' AND pid <> pg_backend_pid()",
        )


async def the_database_is_killed(known: Fleet, server: Server, chance: random.Random) -> None:
    # A replica that starts while there is no database ends, and whoever runs it starts it again.
    await known.ready()
    server.stop(kill=chance.random() < 0.7)
    await known.ready(status=503)
    await asyncio.to_thread(server.start)
    await known.ready()


FAULTS: Final[list[Callable[..., Any]]] = [
    one_is_killed,
    all_are_killed,
    one_is_frozen,
    connections_are_cut,
    the_database_is_killed,
]
