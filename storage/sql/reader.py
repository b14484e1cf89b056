"""Reading: snapshots that never wait for the writer.

A few rows found by an index are read at once, on the event loop: handing them to a thread and back takes longer than
reading them. Whatever may walk through many rows is read in a thread, so that the desk goes on meanwhile.
"""

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
        self._own: Connection | None = None

    def quick(self, read: Callable[[Connection], T]) -> T:
        """A few rows by their index, in a snapshot of its own, at once. For the event loop's thread only."""
        if self._own is None:
            self._own = self._engine.connect()
        try:
            return read(self._own)
        finally:
            self._own.rollback()

    async def once(self, read: Callable[[Connection], T]) -> T:
        """One read in a snapshot of its own, in a thread."""
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._once, read)

    def _once(self, read: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return read(connection)

    async def snapshot(self) -> Snapshot:
        await self._free.acquire()
        return Snapshot(self._engine, self._threads, self._free)

    def close(self) -> None:
        self._threads.shutdown()
        if self._own is not None:
            self._own.close()
        self._engine.dispose()


class Snapshot:
    """The database as it stood at the first read; to be closed soon."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor, free: asyncio.Semaphore) -> None:
        self._engine, self._threads, self._free = engine, threads, free
        self._connection: Connection | None = None
        self._closed = False
        # A reader that is cancelled leaves its thread reading: the connection is let go after that, not during it.
        self._turn = Lock()

    def quick(self, read: Callable[[Connection], T]) -> T:
        """A few rows by their index, at once."""
        with self._turn:
            if self._closed:
                raise RuntimeError("the snapshot is closed")
            if self._connection is None:
                self._connection = self._engine.connect()
            return read(self._connection)

    async def run(self, read: Callable[[Connection], T]) -> T:
        """Any read, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.quick, read)

    async def close(self) -> None:
        """Lets the next reader in as soon as the connection is free, even when this very call is cancelled."""
        if self._turn.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._turn.release()
                self._free.release()
            return
        closing = asyncio.get_running_loop().run_in_executor(self._threads, self._close)
        closing.add_done_callback(lambda _: self._free.release())
        await asyncio.shield(closing)

    def _close(self) -> None:
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
