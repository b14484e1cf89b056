"""The bell between replicas, on Redis' channels; where Redis is away, the database's own bell rings as before."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from bot.ports import Bell
from storage.redis.link import Away, Link, client

log = structlog.get_logger(__name__)

BETWEEN: Final = 0.02
"""Seconds between two rings: a surge writes far more often than anybody needs to look."""
LOOK: Final = 1.0
"""Seconds between two looks whether the connection is still the right one."""


class RedisBell:
    """The Bell port over one Redis channel. Both bells are listened to; only one is rung."""

    def __init__(self, link: Link, channel: str, otherwise: Bell) -> None:
        self._link, self._channel, self._otherwise = link, channel, otherwise
        self._me = secrets.token_hex(6)
        self._rung = asyncio.Event()

    def ring(self) -> None:
        if self._link.up:
            self._rung.set()
        else:
            self._otherwise.ring()

    async def listen(self, heard: Callable[[], None]) -> None:
        """Until cancelled."""
        await self._link.open()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._otherwise.listen(heard))
            tasks.create_task(self._tell())
            tasks.create_task(self._hear(heard))

    async def close(self) -> None:
        await self._otherwise.close()

    async def _tell(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                await self._link.ask(lambda redis: redis.publish(self._channel, self._me))
            except Away:
                self._otherwise.ring()
            await asyncio.sleep(BETWEEN)

    async def _hear(self, heard: Callable[[], None]) -> None:
        while True:
            if self._link.up:
                try:
                    await self._subscribed(heard, self._link.turns)
                except (RedisError, OSError) as error:
                    # What breaks this connection breaks the link's, which says so once.
                    log.debug("not subscribed", why=type(error).__name__)
                except Exception:  # the edge: whoever stops listening would never hear again
                    log.exception("Redis could not be listened to")
            await asyncio.sleep(LOOK)

    async def _subscribed(self, heard: Callable[[], None], turn: int) -> None:
        """As long as Redis has not been away since."""
        redis = client(self._link.url, within=None)
        try:
            async with redis.pubsub() as listening:
                await listening.subscribe(self._channel)
                while self._link.up and self._link.turns == turn:
                    said: Any = await listening.get_message(timeout=LOOK)
                    if said is None:
                        continue
                    # Once subscribed: whatever was written while nobody listened.
                    if said["type"] == "subscribe" or said["data"] != self._me:
                        heard()
        finally:
            await redis.aclose()
