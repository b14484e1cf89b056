"""The bell between replicas: who has written rings it, and the others look at once instead of at their next poll.

Nothing depends on it. Whatever it does not tell is found by polling, so while its connection is away everything is
only a little slower.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

CHANNEL: Final = "baton"
BETWEEN: Final = 0.05
"""Seconds between two rings: a surge writes far more often than anybody needs to look."""
AGAIN: Final = 2.0
"""Seconds until a connection that was lost is tried again."""


class NoBell:
    """Where there is only one process."""

    def ring(self) -> None:
        """Nobody else is there."""

    async def listen(self, heard: Callable[[], None]) -> None:
        """Nobody will ever ring."""

    async def close(self) -> None:
        """Nothing was opened."""


class ServerBell:
    """PostgreSQL's LISTEN and NOTIFY, on one connection that is used for nothing else."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def listen(self, heard: Callable[[], None]) -> None:
        """Until cancelled."""
        failing = False
        while True:
            try:
                async with self._engine.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await self._serve(raw, heard)
            except Exception as error:  # the edge to the database, whose driver has many kinds of errors
                if not failing:
                    log.warning("replicas are not told at once, they poll", why=str(error))
                failing = True
            await asyncio.sleep(AGAIN)

    async def close(self) -> None:
        await self._engine.dispose()

    async def _serve(self, raw: Any, heard: Callable[[], None]) -> None:
        own = raw.get_server_pid()

        def told(_connection: Any, by: int, _channel: str, _payload: str) -> None:
            if by != own:
                heard()

        raw.add_termination_listener(lambda _: self._rung.set())
        await raw.add_listener(CHANNEL, told)
        # Whatever was written while nobody listened.
        heard()
        try:
            while True:
                await self._rung.wait()
                self._rung.clear()
                if raw.is_closed():
                    raise ConnectionError("the connection was cut")
                await raw.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(BETWEEN)
        finally:
            with suppress(Exception):  # the connection may be the very thing that broke
                await raw.remove_listener(CHANNEL, told)
