"""A desk's ears at a Mastodon server: the real source, the real supervisor, a real database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from sqlalchemy import select

from adapters.sources.listening import Listening
from adapters.sources.mastodon import connect
from adapters.sources.parts import Connected, Tools
from bot.domain.mention import Author, Mention
from bot.policy.model import SourceKind, SourcePlan
from bot.ports import Outgoing, Put, SourceReport, SourceState
from storage.sql.cases import MENTIONS
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.removed import REVISIONS
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.mastodon import Book, FakeMastodon, Ways, serving
from tests.fakes.mastodon.book import TOKEN

SOON = 30.0
"""Seconds within which anything happens that is going to; machines are slow at times."""


SLOW = 3.0


class Moved:
    """Real time, moved on by the test: who sleeps until then wakes."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._moved = asyncio.Event()

    def real(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, delay: timedelta) -> None:
        until = self.real() + delay
        while (left := (until - self.real()).total_seconds()) > 0:
            moved = self._moved
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await moved.wait()

    def on(self, **units: float) -> None:
        self.ahead += timedelta(**units)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


def community_of(*, community: str | None, brand: str | None, source: str | None) -> str:
    return community or "everywhere"


def plan(url: str, **changed: Any) -> SourcePlan:
    usual = SourcePlan(
        name="fedi",
        kind=SourceKind.MASTODON,
        source="mastodon",
        url=url,
        reply=True,
        every=timedelta(seconds=60),
        options={"visibility": "parent", "public": "local"},
    )
    return replace(usual, **changed)


class Uncounted:
    def brought(self, source: str, accepted: int, duplicates: int, removed: int) -> None: ...
    def is_now(self, source: str, state: SourceState) -> None: ...
    def is_elsewhere(self, source: str) -> None: ...


@dataclass
class Ears:
    """One process that listens, until it is killed; what it stored stays."""

    fake: FakeMastodon
    store: SqlStore
    clock: Moved
    connected: Connected
    states: list[tuple[SourceState, str]] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def listen(self) -> None:
        assert self.connected.source is not None
        listening = Listening(
            sources={"fedi": self.connected.source},
            book=self.store.sources,
            clock=self.store.clock,
            watched=Uncounted(),
            telling=self._telling,
        )
        self._task = asyncio.create_task(listening.run())

    async def die(self) -> None:
        """As if killed: nothing is said to anybody, and the lease runs out."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.clock.on(minutes=2)

    def _telling(self, before: SourceReport, state: SourceState, said: str) -> tuple[Put, ...]:
        self.states.append((state, said))
        return ()

    # -- what the desk has -------------------------------------------------------------------------

    async def stored(self) -> list[Mapping[str, Any]]:
        rows = await self.store.reader.once(
            lambda c: c.execute(select(MENTIONS).order_by(MENTIONS.c.id)).mappings().all()
        )
        return [dict(row) for row in rows]

    async def texts(self) -> list[str]:
        return [row["text"] for row in await self.stored()]

    async def revisions(self) -> list[Mapping[str, Any]]:
        rows = await self.store.reader.once(
            lambda c: c.execute(select(REVISIONS).order_by(REVISIONS.c.id)).mappings().all()
        )
        return [dict(row) for row in rows]

    async def has(self, *texts: str) -> list[str]:
        """Waits until the desk has exactly these, in any order."""
        await self.until(self._has, sorted(texts))
        return await self.texts()

    async def _has(self, texts: list[str]) -> bool:
        return sorted(await self.texts()) == texts

    async def until(self, condition: Callable[..., Awaitable[bool] | bool], *args: Any) -> None:
        begun = moved = time.monotonic()
        while (now := time.monotonic()) < begun + SOON:
            if await _true(condition(*args)):
                return
            if now > moved + SLOW:
                # What was to be asked in a minute may have been put off after the test moved the clock.
                moved = now
                self.clock.on(minutes=1)
            await asyncio.sleep(0.02)
        what = getattr(condition, "__name__", "")
        raise AssertionError(f"never {what}; there is {await self.texts()}, said {self.states}")


async def _true(value: Awaitable[bool] | bool) -> bool:
    return value if isinstance(value, bool) else await value


@asynccontextmanager
async def opened(folder: Path, clock: Moved) -> AsyncIterator[SqlStore]:
    database = f"sqlite:///{folder / 'desk.db'}"
    if not (folder / "desk.db").exists():
        upgrade(database)
    store = SqlStore(database, test_policy(), SqlClock(real=clock.real, sleep=clock.sleep))
    await store.clock.refresh(store.reader)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def ears(
    folder: Path, ways: Ways, *, clock: Moved | None = None, token: str = TOKEN, **changed: Any
) -> AsyncIterator[Ears]:
    clock = clock or Moved()
    book = Book(domain="social.example", opaque_ids=ways.opaque_ids, now=clock.real)
    async with serving(book, ways) as fake, opened(folder, clock) as store, asked() as http:
        found = Ears(fake, store, clock, joined(fake.url, store, http, token, **changed))
        try:
            yield found
        finally:
            await found.die()


@asynccontextmanager
async def asked() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=SOON), cookie_jar=DummyCookieJar()) as http:
        yield http


def joined(url: str, store: SqlStore, http: ClientSession, token: str = TOKEN, **changed: Any) -> Connected:
    tools = Tools(
        http=http,
        clock=store.clock,
        vault=store.vault,
        intake=store.intake,
        book=store.sources,
        community_of=community_of,
        secrets={"token": token},
    )
    return connect(plan(url, **changed), tools)


# -- answering ---------------------------------------------------------------------------------------


def as_mention(row: Mapping[str, Any]) -> Mention:
    """A stored row as the desk hands it to a network."""
    return Mention(
        id=row["id"],
        source=row["source"],
        external_id=row["external_id"],
        community=row["community"],
        received_at=row["received_at"],
        created_at=row["created_at"],
        author=Author(handle=row["handle"]),
        text=row["text"],
        url=row["url"],
        extra=msgspec.json.decode(row["extra"]),
    )


def outgoing(to: Mention, at: datetime, text: str = "We are looking into it.", key: str = "k1") -> Outgoing:
    return Outgoing(key=key, text=text, lang="en", to=to, begun_at=at)
