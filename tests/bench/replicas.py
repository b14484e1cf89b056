"""One, two and four replicas on one PostgreSQL, with one Valkey: what they take in, file and answer together.

On a machine with fewer cores than processes more replicas cannot be faster. What then tells how far they scale is what
one mention costs, in the replicas and in the database: while that stays the same, a core more is so much more.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.table import Table

from bot.policy.load import load
from storage.sql.store import SqlStore
from tests.bench.client import CONNECTIONS, Load, send
from tests.bench.posts import requests
from tests.bench.process import Server, a_server, cpu_of_family
from tests.bench.server import NOWHERE, POLICY, WHOLE
from tests.bench.slack import FIRST_CASE
from tests.bench.webs import typed
from tests.fakes.postgres import Server as Database
from tests.fakes.valkey import a_valkey

SIZES: Final = (1, 2, 4)
_FILED_WITHIN: Final = 1800.0


@dataclass
class Together:
    """Rates by round, all replicas together; processor seconds by what used them, and the mentions they were for."""

    taken: list[float] = field(default_factory=list)
    filed: list[float] = field(default_factory=list)
    claimed: list[float] = field(default_factory=list)
    mentions: int = 0
    desk_cpu: float = 0.0
    database_cpu: float = 0.0


async def together(rounds: int, count: int) -> dict[int, Together]:
    """Each size on a database of its own, so that all begin with an empty one."""
    return {size: await _of(size, rounds, count) for size in SIZES}


async def _of(size: int, rounds: int, count: int) -> Together:
    came = Together()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-replicas-")))
        database = Database(_within(folder))
        database.make()
        database.start({"max_connections": "200"})
        stack.callback(database.stop)
        redis = stack.enter_context(a_valkey())
        replicas = [
            await stack.enter_async_context(a_server(WHOLE, folder, NOWHERE, database.url, redis.url))
            for _ in range(size)
        ]
        store = SqlStore(database.url, load(POLICY))
        stack.push_async_callback(store.close)
        used = 0.0, 0.0
        for number in range(-1, rounds):
            await _round(came, replicas, store, number, count)
            if number < 0:
                used = _used(replicas, database)
        until = _used(replicas, database)
        came.desk_cpu, came.database_cpu = until[0] - used[0], until[1] - used[1]
    return came


def _used(replicas: Sequence[Server], database: Database) -> tuple[float, float]:
    return sum(cpu_of_family(each.pid) for each in replicas), cpu_of_family(database.pid)


async def _round(
    came: Together, replicas: Sequence[Server], store: SqlStore, number: int, count: int
) -> None:
    """The first round, whose number is below zero, warms up."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    taken = await _spread(replicas, requests(count, seed=4, name=f"many{number}"))
    async with asyncio.timeout(_FILED_WITHIN):
        # The desk tells nobody when it is done.
        while await store.unfiled():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    filed = count / (loop.time() - begun)
    first = FIRST_CASE + (number + 1) * count
    words = (f"claim {first + each}" for each in range(count // 4))
    claimed = await _spread(replicas, typed(words, name=f"claims-{number + 1}"))
    if number >= 0:
        came.mentions += count
        came.taken.append(taken)
        came.filed.append(filed)
        came.claimed.append(claimed)


async def _spread(replicas: Sequence[Server], every: Sequence[bytes]) -> float:
    """Requests a second, every replica getting its share at the same time."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    each = CONNECTIONS // len(replicas)
    loads = await asyncio.gather(
        *(
            send(replica.port, every[index :: len(replicas)], connections=each)
            for index, replica in enumerate(replicas)
        )
    )
    _none_refused(loads)
    return len(every) / (loop.time() - begun)


def _none_refused(loads: Iterable[Load]) -> None:
    for load_ in loads:
        assert not load_.refused, load_.refused[0][:300]


def _within(folder: Path) -> Path:
    """A folder that the database's own user can reach."""
    folder.chmod(0o755)
    (folder / "pg").mkdir(mode=0o755)
    return folder / "pg"


def show_together(sizes: dict[int, Together], rounds: int, count: int) -> Table:
    """Medians, with the lowest and highest round: the machine's noise."""
    table = Table(
        title=f"Replicas on one PostgreSQL and one Valkey, {os.cpu_count()} cores for all: median of {rounds} x "
        f"{count:,} mentions, then {count // 4:,} claims in the web chat"
    )
    names = ("taken in a second", "filed a second", "claims a second", "CPU µs each: replicas", "database")
    table.add_column("replicas", justify="left")
    for name in names:
        table.add_column(name, justify="right")
    for size, came in sizes.items():
        table.add_row(
            str(size),
            *(_figure(each) for each in (came.taken, came.filed, came.claimed)),
            f"{1e6 * came.desk_cpu / came.mentions:,.0f}",
            f"{1e6 * came.database_cpu / came.mentions:,.0f}",
        )
    return table


def _figure(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"
