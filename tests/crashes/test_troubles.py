"""Whatever the desk leans on breaks while the public writes and people work: Slack, the database server, Redis.

BATON_CRASH_SEEDS=50 tries so many days instead of one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from storage.sql.migrate import upgrade
from tests.crashes.people import somebody_works, the_public_writes
from tests.crashes.promises import holds_in_the_end, rests
from tests.crashes.report import FAULTS, POSTS, seeds, tried
from tests.crashes.town import Engine, Town, a_town
from tests.fakes.postgres import Server
from tests.fakes.slack import drop_after, drop_before, slow, status, too_many
from tests.fakes.valkey import Server as Valkey
from tests.fakes.valkey import a_valkey
from tests.storage.kit import rows

Fault = Callable[[Town], Awaitable[None]]

CUT: Final = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'baton' AND pid <> pg_backend_pid()"""


@asynccontextmanager
async def a_day(town: Town) -> AsyncIterator[None]:
    """The public writes and people work while the block runs; then the desk settles, and has kept its promises."""
    over = asyncio.Event()
    public = asyncio.create_task(the_public_writes(town, POSTS))
    working = [asyncio.create_task(somebody_works(town, number, over)) for number in range(3)]
    try:
        yield
        await public
    finally:
        over.set()
        await asyncio.gather(*working)
    await town.ready()
    await rests(town)
    await holds_in_the_end(town)


async def they_happen(town: Town, faults: Sequence[tuple[str, Fault]]) -> None:
    for _ in range(FAULTS):
        await asyncio.sleep(town.chance.uniform(0, 0.8))
        name, fault = town.chance.choice(faults)
        await fault(town)
        town.did(name)


# -- Slack ----------------------------------------------------------------------------------------------------


async def slack_stumbles(town: Town) -> None:
    """The next calls of one kind meet troubles, some of them after all went well."""
    method = town.chance.choice(("chat.postMessage", "chat.postMessage", "chat.update", "*"))
    kinds = (
        too_many(1),
        status(500),
        status(503),
        drop_before,
        drop_after,
        drop_after,
        slow(0.5),
        slow(2.0),
        None,
    )
    town.slack.trouble(method, *(town.chance.choice(kinds) for _ in range(town.chance.randrange(1, 6))))


async def slack_is_away(town: Town) -> None:
    town.slack.down()
    await asyncio.sleep(town.chance.uniform(0.1, 1.5))
    town.slack.down(False)


async def one_is_killed(town: Town) -> None:
    replica = town.chance.choice(town.replicas)
    replica.kill()
    await asyncio.sleep(town.chance.uniform(0, 0.3))
    replica.start()


SLACK: Final = (("Slack stumbles", slack_stumbles), ("Slack away", slack_is_away), ("kill -9", one_is_killed))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", seeds(1))
async def test_slack_answers_late_wrongly_or_never(tmp_path: Path, engine: Engine, seed: int) -> None:
    async with a_town(tmp_path, engine, seed) as town:
        async with a_day(town):
            await they_happen(town, (SLACK[0], *SLACK))
        tried(f"Slack in trouble on {engine}", seed, town.faults.items())


# -- the database server ------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to be killed; what it confirmed is on disk."""
    folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
    server = Server(folder)
    try:
        server.make()
        server.start({"max_connections": "100"})
        upgrade(server.url)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif("BATON_TEST_POSTGRES" in os.environ, reason="somebody else's server is not killed")
@pytest.mark.parametrize("seed", seeds(1))
async def test_the_database_server_dies_and_connections_are_cut(
    tmp_path: Path, server: Server, seed: int
) -> None:
    async def is_stopped(town: Town, *, kill: bool) -> None:
        # A replica that starts while there is no database ends, and whoever runs it starts it again.
        await town.ready()
        server.stop(kill=kill)
        await town.ready(status=503)
        await asyncio.to_thread(server.start)
        await town.ready()

    async def are_cut(town: Town) -> None:
        await rows(town.store, CUT)

    faults: Sequence[tuple[str, Fault]] = (
        ("server killed", lambda town: is_stopped(town, kill=True)),
        ("server restarted", lambda town: is_stopped(town, kill=False)),
        ("connections cut", are_cut),
        ("connections cut", are_cut),
        ("kill -9", one_is_killed),
    )
    async with a_town(tmp_path, "postgresql", seed, url=server.url) as town:
        async with a_day(town):
            await they_happen(town, faults)
        tried("the database server in trouble", seed, town.faults.items())


# -- Redis ----------------------------------------------------------------------------------------------------


def of_redis(redis: Valkey) -> Sequence[tuple[str, Fault]]:
    async def is_emptied(_town: Town) -> None:
        await asyncio.to_thread(redis.flush)

    async def is_slow(town: Town) -> None:
        redis.freeze()
        await asyncio.sleep(town.chance.uniform(0.1, 2))
        redis.thaw()

    async def is_killed(town: Town) -> None:
        redis.kill()
        await asyncio.sleep(town.chance.uniform(0.1, 2))
        await asyncio.to_thread(redis.start)

    return (
        ("Redis emptied", is_emptied),
        ("Redis emptied", is_emptied),
        ("Redis slow", is_slow),
        ("Redis killed", is_killed),
        ("kill -9", one_is_killed),
    )


@pytest.mark.parametrize("seed", seeds(1))
async def test_redis_is_emptied_slow_and_killed(tmp_path: Path, seed: int) -> None:
    with a_valkey() as redis:
        async with a_town(tmp_path, "postgresql", seed, redis=redis.url) as town:
            async with a_day(town):
                await they_happen(town, of_redis(redis))
            tried("Redis in trouble", seed, town.faults.items())
