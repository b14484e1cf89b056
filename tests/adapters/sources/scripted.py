"""A source under the test's hand, and replicas that listen to it over one real database."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from adapters.sources.listening import RENEW, Listening
from bot.ports import Batch, Incoming, Put, Removed, SourceReport, SourceState
from handlers.urgent.source_words import source_words
from storage.sql.clock import SqlClock
from storage.sql.store import SqlStore
from tests.adapters.sources.held_time import HeldTime, until
from tests.desk import MONDAY, test_policy
from tests.storage.kit import rows

NAME = "square"


@dataclass
class Square:
    """A network that keeps its posts in order and may be told to fail: its cursor counts what was told. `since` are
    the cursors it was asked with; `ends` counts the conversations that were closed."""

    posts: list[Incoming | Removed] = field(default_factory=list)
    faults: list[BaseException | None] = field(default_factory=list)
    since: list[str | None] = field(default_factory=list)
    ends: int = 0
    held: asyncio.Event | None = None
    """What it waits for before the next batch: a conversation that was begun."""

    def says(self, *numbers: int) -> None:
        self.posts += [post(number) for number in numbers]

    def _has(self, told: int) -> bool:
        return len(self.posts) > told

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        self.since.append(cursor)
        told = int(cursor or 0)
        try:
            if self.faults and (fault := self.faults.pop(0)) is not None:
                raise fault
            yield Batch()
            while True:
                await until(partial(self._has, told))
                if self.held is not None:
                    await self.held.wait()
                new, told = self.posts[told], told + 1
                if isinstance(new, Removed):
                    yield Batch(removed=[new], cursor=str(told))
                else:
                    yield Batch(mentions=[new], cursor=str(told))
                if self.faults and (fault := self.faults.pop(0)) is not None:
                    raise fault
        finally:
            self.ends += 1


def post(number: int, **fields: Any) -> Incoming:
    said = {
        "source": "square",
        "external_id": f"p{number}",
        "community": "x-kettle",
        "created_at": MONDAY,
        "handle": f"by-{number}",
        "text": f"post {number}",
    }
    return Incoming(**{**said, **fields})


@dataclass
class Counted:
    """What is counted."""

    now: dict[str, SourceState] = field(default_factory=dict)
    posts: list[tuple[str, int, int, int]] = field(default_factory=list)
    elsewhere: int = 0

    def brought(self, source: str, accepted: int, duplicates: int, removed: int) -> None:
        self.posts.append((source, accepted, duplicates, removed))

    def is_now(self, source: str, state: SourceState) -> None:
        self.now[source] = state

    def is_elsewhere(self, source: str) -> None:
        self.now.pop(source, None)
        self.elsewhere += 1


@dataclass
class Replica:
    """One process, as far as the database can tell."""

    store: SqlStore
    time: HeldTime
    sources: dict[str, Any]
    counted: Counted = field(default_factory=Counted)
    _task: asyncio.Task[None] | None = None

    def starts(self) -> None:
        listening = Listening(
            sources=self.sources,
            book=self.store.sources,
            clock=self.store.clock,
            watched=self.counted,
            telling=self.tells,
            random=random.Random(20260302),
        )
        self._task = asyncio.create_task(listening.run())

    def tells(self, before: SourceReport, state: SourceState, said: str) -> Iterable[Put]:
        now = self.time.at
        return source_words(test_policy(), before, state, said, real=now, at=now)

    @property
    def runs(self) -> bool:
        return self._task is not None and not self._task.done()

    async def stops(self) -> None:
        """As at a restart: it lets go of what it holds."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def report(self, name: str = NAME) -> SourceReport:
        return (await self.store.sources.reports())[name]


@asynccontextmanager
async def replicas(url: str, *each: tuple[HeldTime, dict[str, Any]]) -> AsyncIterator[list[Replica]]:
    """One replica for each of these, none of which listens yet: its time, and its sources by name."""
    async with AsyncExitStack() as stack:
        known = []
        for time, sources in each:
            store = SqlStore(url, test_policy(), SqlClock(real=time.real, sleep=time.sleep))
            stack.push_async_callback(store.close)
            replica = Replica(store, time, sources)
            stack.push_async_callback(replica.stops)
            known.append(replica)
        yield known


async def stored(store: SqlStore) -> list[str]:
    """The ids of every mention in the order of their arrival."""
    return [row.external_id for row in await rows(store, "SELECT external_id FROM mentions ORDER BY id")]


async def has(store: SqlStore, *numbers: int) -> None:
    """Until these are stored, and nothing else."""
    wanted = [f"p{number}" for number in numbers]
    async with asyncio.timeout(60):
        while (found := await stored(store)) != wanted:
            assert len(found) <= len(wanted), found
            await asyncio.sleep(0.005)


async def told(store: SqlStore) -> list[str]:
    """The sentences that people are told, oldest first."""
    found = await rows(store, "SELECT args FROM jobs WHERE key LIKE :told ORDER BY id", told="%source:%")
    return [row.args for row in found]


async def is_(replica: Replica, state: SourceState, said: str | None = None, name: str = NAME) -> None:
    """Until it is so reported."""
    async with asyncio.timeout(60):
        while True:
            report = (await replica.store.sources.reports()).get(name)
            if report is not None and report.state is state and said in (None, report.said):
                return
            await asyncio.sleep(0.005)


def two(url: str, time: HeldTime, square: Square) -> AbstractAsyncContextManager[list[Replica]]:
    return replicas(url, (time, {NAME: square}), (time, {NAME: square}))


@asynccontextmanager
async def one(url: str, time: HeldTime, square: Square) -> AsyncIterator[Replica]:
    async with replicas(url, (time, {NAME: square})) as (replica,):
        replica.starts()
        yield replica


async def one_listens(first: Replica, other: Replica) -> None:
    """`first` listens, and `other` knows that."""
    first.starts()
    await is_(first, SourceState.WELL)
    other.starts()
    await until(lambda: other.counted.elsewhere)


async def next_try(time: HeldTime, square: Square, tried: int) -> timedelta:
    """How long the source waits after it was tried so often, once it waits for nothing else."""
    await until(lambda: square.ends == tried and len(time.pauses()) == 1 and RENEW not in time.pauses())
    (pause,) = time.pauses()
    return pause
