"""A source at work against the real database, for tests: it listens, is killed, and goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, DummyCookieJar

from adapters.sources.parts import Connected, Tools
from bot.domain.mention import Author, Mention
from bot.ports import Batch, Incoming, Outgoing, Source
from storage.sql.clock import SqlClock
from storage.sql.store import SqlStore
from tests.desk import Time, test_policy

LEASE = timedelta(days=3650)


@dataclass
class Bench:
    """`time` passes only when something waits; `heard` is what the last listening brought, however it ended."""

    store: SqlStore
    time: Time
    http: ClientSession
    database: Path
    heard: list[Batch] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.time.at

    def tools(self, secrets: Mapping[str, str] | None = None) -> Tools:
        return Tools(
            http=self.http,
            clock=self.store.clock,
            vault=self.store.vault,
            intake=self.store.intake,
            book=self.store.sources,
            community_of=lambda community, brand, source: community or "x-kettle",
            secrets=secrets or {},
        )

    async def hears(
        self, connected: Connected | Source, *, batches: int = 1, stores: int | None = None
    ) -> list[Batch]:
        """That many batches from behind the stored cursor, as the desk takes them; the source is then dropped where
        it stands. With `stores` only so many of them are stored: the desk died before the next commit."""
        source = connected.source if isinstance(connected, Connected) else connected
        assert source is not None
        book = self.store.sources
        heard = self.heard = []
        hold = await book.take("heard", LEASE)
        assert hold is not None
        try:
            async with aclosing(source.listen(hold.cursor)) as stream:  # type: ignore[type-var]
                async for batch in stream:
                    heard.append(batch)
                    if stores is None or len(heard) <= stores:
                        await book.append(hold, batch)
                    if len(heard) >= batches:
                        break
        finally:
            await book.release(hold)
        return heard

    def stored(self) -> list[tuple[str, str]]:
        """(id, text) of every mention, the oldest first."""
        return self._rows("select external_id, text from mentions order by id")

    def revisions(self) -> list[tuple[str, str, str]]:
        """(id, text, extra) of every later revision."""
        return self._rows(
            "select m.external_id, r.text, r.extra from revisions r join mentions m on m.id = r.mention_id order by r.id"
        )

    def _rows(self, sql: str) -> list[Any]:
        with sqlite3.connect(self.database) as connection:
            return connection.execute(sql).fetchall()


def told(batches: list[Batch]) -> list[Incoming]:
    return [one for batch in batches for one in batch.mentions]


def as_mention(one: Incoming) -> Mention:
    """As the desk hands it to the network that answers."""
    return Mention(
        id=1,
        source=one.source,
        external_id=one.external_id,
        community=one.community,
        received_at=one.created_at,
        created_at=one.created_at,
        author=Author(handle=one.handle),
        text=one.text,
        url=one.url,
        thread=one.thread,
        extra=one.extra,
    )


def outgoing(to: Mention, begun_at: datetime, text: str = "We are sorry, we look into it.") -> Outgoing:
    return Outgoing(key="k1", text=text, lang="en", to=to, begun_at=begun_at)


@pytest.fixture
async def bench(tmp_path: Path, empty_database: bytes) -> AsyncIterator[Bench]:
    database = tmp_path / "heard.db"
    database.write_bytes(empty_database)
    time = Time()
    store = SqlStore(f"sqlite:///{database}", test_policy(), SqlClock(real=time.real, sleep=time.sleep))
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Bench(store, time, http, database)
    await store.close()
