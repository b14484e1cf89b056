"""A desk's ear at Bluesky: the real source and the real store, and what it brought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession

from adapters.sources.bluesky import connect
from adapters.sources.parts import Connected, Tools
from bot.domain.mention import Author, Mention
from bot.policy.load import parse
from bot.policy.model import SourceKind, SourcePlan
from bot.ports import Batch, Incoming, Outgoing, Removed
from storage.sql.store import SqlStore
from tests.desk import Time

WITHIN = 60.0
LEASE = timedelta(hours=1)


def plan_of(name: str = "bluesky", **more: Any) -> SourcePlan:
    options = {
        "stream": "jetstream",
        "stream_url": "http://127.0.0.1:9",
        "appview": "",
        "plc": "http://127.0.0.1:9",
        **more.pop("options", {}),
    }
    usual: dict[str, Any] = {"source": "bluesky", "community": "everyone", "url": "http://127.0.0.1:9"}
    return SourcePlan(name=name, kind=SourceKind.BLUESKY, options=options, **{**usual, **more})


def tools_of(store: SqlStore, http: ClientSession, **secrets: str) -> Tools:
    return Tools(
        http=http,
        clock=store.clock,
        vault=store.vault,
        intake=store.intake,
        book=store.sources,
        community_of=lambda *, community, brand, source: community or "everyone",
        secrets=secrets,
    )


@dataclass
class Ear:
    """What was brought, in order, since the test began; `stored` is what was new to the store."""

    store: SqlStore
    http: ClientSession
    time: Time
    mentions: list[Incoming] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    stored: int = 0

    def connected(self, plan: SourcePlan, **secrets: str) -> Connected:
        return connect(plan, tools_of(self.store, self.http, **secrets))

    @asynccontextmanager
    async def listens(self, plan: SourcePlan, **secrets: str) -> AsyncIterator[asyncio.Task[None]]:
        """Connected when the block begins; leaving it kills the listener wherever it is."""
        connected = self.connected(plan, **secrets)
        before = len(self.batches)
        listening = asyncio.create_task(self._listen(plan.name, connected))
        try:
            await self.until(lambda: len(self.batches) > before, listening)
            yield listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, name: str, connected: Connected) -> None:
        hold = await self.store.sources.take(name, LEASE)
        assert hold is not None and connected.source is not None
        try:
            async with aclosing(connected.source.listen(hold.cursor)) as stream:  # type: ignore[type-var]
                async for batch in stream:
                    appended = await self.store.sources.append(hold, batch)
                    self.stored += appended.accepted
                    self.mentions += batch.mentions
                    self.removed += batch.removed
                    self.batches.append(batch)
        finally:
            await self.store.sources.release(hold)

    async def until(self, seen: Callable[[], object], listening: asyncio.Task[None]) -> None:
        async with asyncio.timeout(WITHIN):
            while not seen():
                if listening.done():
                    listening.result()
                    raise AssertionError("the source ended")
                await asyncio.sleep(0.01)

    async def hears(self, text: str, listening: asyncio.Task[None]) -> Incoming:
        """Waits for the post with that in its text."""
        await self.until(lambda: any(text in each.text for each in self.mentions), listening)
        return next(each for each in self.mentions if text in each.text)

    @property
    def texts(self) -> list[str]:
        return [mention.text for mention in self.mentions]


def as_mention(incoming: Incoming) -> Mention:
    """As the desk keeps it."""
    return Mention(
        id=1,
        source=incoming.source,
        external_id=incoming.external_id,
        community=incoming.community,
        received_at=incoming.created_at,
        created_at=incoming.created_at,
        author=Author(handle=incoming.handle),
        text=incoming.text,
        url=incoming.url,
        thread=incoming.thread,
        extra=incoming.extra,
    )


def reply_to(incoming: Incoming, text: str, time: Time, key: str = "k1") -> Outgoing:
    return Outgoing(key=key, text=text, lang="en", to=as_mention(incoming), begun_at=time.at)


def mistakes_of(section: str) -> list[str]:
    """What the policy's reader says of a source."""
    reading = parse(section, "policy.toml")
    return [str(problem) for problem in reading.problems if "sources" in str(problem)]


Native = Mapping[str, str]
