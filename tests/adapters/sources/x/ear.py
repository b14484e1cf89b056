"""A desk that listens to X as the desk's supervisor does: what comes is stored with its cursor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.ports import Batch, Source
from tests.adapters.sources.pushing import Pushed, pushed_to
from tests.fakes.x import ACCOUNT, FakeX, Keys

SECRETS = {
    "bearer": Keys.BEARER,
    "consumer_key": Keys.CONSUMER,
    "consumer_secret": Keys.CONSUMER_SECRET,
    "access_token": Keys.TOKEN,
    "access_secret": Keys.TOKEN_SECRET,
}


@dataclass
class Ear:
    pushed: Pushed
    task: asyncio.Task[None] | None = None

    def source(self) -> Source:
        (one,) = self.pushed.story.desk.sources.connected
        assert one.source is not None
        return one.source

    def begins(self) -> None:
        self.task = asyncio.create_task(self._listen())

    async def ends(self) -> None:
        """As when the process dies: nothing more is stored."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _listen(self) -> None:
        book = self.pushed.story.desk.store.sources
        hold = await book.take("x", timedelta(hours=1))
        assert hold is not None
        try:
            stream: AsyncIterator[Batch] = self.source().listen(hold.cursor)
            async with aclosing(stream) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    if batch.mentions or batch.removed or batch.cursor is not None:
                        await book.append(hold, batch)
        finally:
            await asyncio.shield(book.release(hold))

    async def texts(self) -> list[str]:
        return [row.text for row in await self.pushed.mentions()]

    async def has(self, *texts: str) -> None:
        """Waits until exactly these came, in whatever order."""
        while sorted(await self.texts()) != sorted(texts):
            if self.task is not None and self.task.done():
                self.task.result()
            await asyncio.sleep(0.02)


@asynccontextmanager
async def an_ear(folder: Path, x: FakeX, more: str = "") -> AsyncIterator[Ear]:
    plan = f'[sources.x]\nkind = "x"\naccount = "@{ACCOUNT}"\nurl = "{x.url}"\nreply = true\n{more}'
    async with pushed_to(folder, plan, {"x": SECRETS}) as pushed:
        ear = Ear(pushed)
        try:
            yield ear
        finally:
            if ear.task is not None:
                await ear.ends()
