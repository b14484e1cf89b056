"""Reading: snapshots that never wait for the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, Engine

from storage.sql.engine import READERS

T = TypeVar("T")


class Reader:
    """Hands out snapshots; as many at once as there are reading connections."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="baton-reader")
        self._free = asyncio.Semaphore(READERS)

    async def snapshot(self) -> Snapshot:
        await self._free.acquire()
        return Snapshot(self._engine, self._threads, self._free)

    async def once(self, read: Callable[[Connection], T]) -> T:
        """One read in a snapshot of its own."""
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._once, read)

    def _once(self, read: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return read(connection)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()


class Snapshot:
    """The database as it stood at the first read; to be closed soon."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor, free: asyncio.Semaphore) -> None:
        self._engine, self._threads, self._free = engine, threads, free
        self._connection: Connection | None = None
        self._closed = False
        # A reader that is cancelled leaves its thread reading: the connection is let go after that, not during it.
        self._turn = Lock()

    async def run(self, read: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, read)

    def _run(self, read: Callable[[Connection], T]) -> T:
        with self._turn:
            if self._closed:
                raise RuntimeError("the snapshot is closed")
            if self._connection is None:
                self._connection = self._engine.connect()
            return read(self._connection)

    async def close(self) -> None:
        """Lets the next reader in as soon as the connection is free, even when this very call is cancelled."""
        closing = asyncio.get_running_loop().run_in_executor(self._threads, self._close)
        closing.add_done_callback(lambda _: self._free.release())
        await asyncio.shield(closing)

    def _close(self) -> None:
        with self._turn:
            self._closed = True
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
