"""Deliveries that some replica is handling: one key each, there only while it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from storage.redis.link import Away, Link

LONGEST: Final = 2.0
"""Seconds that a repeated delivery waits for the first one: whoever handled it may have died."""
_LIFE_MS: Final = 10_000
_LOOK: Final = 0.05


class RedisUnderway:
    """The Underway port over one Redis. Without it every delivery is handled at once, and the database refuses the
    second effect, as it always does."""

    def __init__(self, link: Link, prefix: str) -> None:
        self._link, self._prefix = link, prefix
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def alone(self, event: str | None) -> AsyncIterator[None]:
        key = f"{self._prefix}event:{event}"
        ours = event is not None and await self._begin(key)
        try:
            yield
        finally:
            if ours:
                # Not waited for: the person's answer is ready.
                task = asyncio.create_task(self._end(key))
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

    async def _begin(self, key: str) -> bool:
        """Whether we noted that we are at it; else nobody is, as far as can be known."""
        until = time.monotonic() + LONGEST
        try:
            while not await self._link.ask(lambda redis: redis.set(key, 1, nx=True, px=_LIFE_MS)):
                if time.monotonic() > until:
                    return False
                await asyncio.sleep(_LOOK)
        except Away:
            return False
        return True

    async def _end(self, key: str) -> None:
        try:
            await self._link.ask(lambda redis: redis.delete(key))
        except Away:
            # It goes by itself.
            return
