"""The connection to Redis: asked quickly or not at all.

While Redis is away nobody waits for it: one keeper looks every second whether it is back, everybody else is told at
once that it is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

T = TypeVar("T")
log = structlog.get_logger(__name__)

WITHIN: Final = 0.1
"""Seconds in which Redis has to answer."""
CONNECTS_WITHIN: Final = 1.0
AGAIN: Final = 1.0
"""Seconds between two looks of the keeper."""
MOST_SLOW: Final = 2
"""So many answers in a row that came too late, and it counts as away. One alone may be this machine's own pause."""

AWAY: Final = "away ({why}); replicas keep to their own share of the pace and find new work by looking"
NOT_YET: Final = "not asked yet"
SLOW: Final = "it did not answer within {seconds:g} s"


class Away(Exception):
    """Redis cannot be asked now. Whatever was asked may have been done."""


class Slow(Away):
    """Redis did not answer in time, and that for the first time."""


class Observer(Protocol):
    """Who counts what Redis does."""

    def redis_up(self, up: bool) -> None: ...
    def redis_answered(self, seconds: float) -> None: ...
    def redis_failed(self, why: str) -> None: ...
    def paced(self, how: str) -> None:
        """`how` one asking for a turn went: passed, waited, alone (without Redis), slow (asked to come again)."""


class _Nobody:
    def redis_up(self, up: bool) -> None:
        """Nobody counts."""

    def redis_answered(self, seconds: float) -> None:
        """Nobody counts."""

    def redis_failed(self, why: str) -> None:
        """Nobody counts."""

    def paced(self, how: str) -> None:
        """Nobody counts."""


async def _nothing(_redis: Redis) -> None:
    """Nothing is done at a beat."""


def client(url: str, *, within: float | None = WITHIN) -> Redis:
    """A client that tries once and connects at its first use."""
    # A local socket needs none, and its connections do not take the word.
    alive = {} if url.startswith("unix:") else {"socket_keepalive": True}
    made: Redis = Redis.from_url(
        url,
        **alive,
        socket_timeout=within,
        socket_connect_timeout=CONNECTS_WITHIN,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
    return made


class Link:
    """One Redis, asked by many. `beat` is done every second, and before Redis counts as back."""

    def __init__(self, url: str, *, within: float = WITHIN, again: float = AGAIN) -> None:
        """To be made inside a running event loop. Nothing is connected before the first use."""
        self.url = url
        self.observer: Observer = _Nobody()
        self.beat: Callable[[Redis], Awaitable[None]] = _nothing
        self.turns = 0
        """How often it came back."""
        self._redis = client(url, within=within)
        self._within, self._again = within, again
        self._up: bool | None = None
        self._why = NOT_YET
        self._slow = 0
        self._opening = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def up(self) -> bool:
        return bool(self._up)

    def script(self, text: str) -> AsyncScript:
        """A script that Redis keeps, and gets again where it does not."""
        return self._redis.register_script(text)

    async def open(self) -> None:
        """Looks for Redis for the first time and goes on looking; does nothing when that was begun."""
        async with self._opening:
            if self._keeper is None and not self._closed:
                await self._look()
                self._keeper = asyncio.create_task(self._keep())

    async def ask(self, do: Callable[[Redis], Awaitable[T]]) -> T:
        """What `do` answers. Raises Away, at once while Redis is known to be away."""
        if self._keeper is None:
            await self.open()
        if not self._up:
            raise Away(self._why)
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(self._within):
                answer = await do(self._redis)
        except (TimeoutError, RedisTimeout) as error:
            self._late()
            raise (Slow if self.up else Away)(self._why) from error
        except Exception as error:  # the edge: no surprise of the client's may keep words from leaving
            if not isinstance(error, RedisError | OSError):
                log.exception("Redis could not be asked")
            self._lost(_said(error))
            raise Away(self._why) from error
        self._slow = 0
        self.observer.redis_answered(time.perf_counter() - begun)
        return answer

    async def well(self) -> None:
        """For `/readyz`. Raises RuntimeError with a sentence while Redis is away."""
        if self._keeper is None:
            await self.open()
        if not self._up:
            raise RuntimeError(AWAY.format(why=self._why))

    async def close(self) -> None:
        """Ends every connection; whoever asks later is told that it is away."""
        self._closed, self._up, self._why = True, False, "this desk is closing"
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        await self._redis.aclose()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._again)
            await self._look()

    async def _look(self) -> None:
        redis: Any = self._redis
        try:
            async with asyncio.timeout(self._within if self._up else CONNECTS_WITHIN):
                await redis.ping()
            async with asyncio.timeout(CONNECTS_WITHIN):
                await self.beat(redis)
        except (TimeoutError, RedisTimeout):
            self._late()
        except (RedisError, OSError) as error:
            self._lost(_said(error))
        except Exception as error:  # the edge: a keeper that stops would leave Redis away for ever
            log.exception("Redis could not be looked at")
            self._lost(type(error).__name__)
        else:
            self._back()

    def _back(self) -> None:
        self._slow = 0
        if not self._up:
            self._up = True
            self.turns += 1
            self.observer.redis_up(True)
            log.info("Redis is there")

    def _late(self) -> None:
        self._slow += 1
        self.observer.redis_failed("slow")
        if self._slow >= MOST_SLOW or not self._up:
            self._lost(SLOW.format(seconds=self._within), counted=True)

    def _lost(self, why: str, *, counted: bool = False) -> None:
        if not counted:
            self.observer.redis_failed("broken")
        self._why = why
        if self._up is not False:
            self._up = False
            self.observer.redis_up(False)
            log.warning("Redis is away, replicas keep to their own share of the pace", why=why)


def _said(error: Exception) -> str:
    """The error for people; it never holds the address' password."""
    return f"{type(error).__name__}: {error}"[:200]
