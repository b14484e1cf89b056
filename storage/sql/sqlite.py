"""SQLite: readers that see snapshots of the file, and one writing connection in a thread of its own.

A few rows found by an index are read at once, on the event loop: handing them to a thread and back takes longer than
reading them. Whatever may walk through many rows is read in a thread, so that the desk goes on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from storage.sql.engine import READERS
from storage.sql.errors import translate
from storage.sql.writer import Unit, apply_all

T = TypeVar("T")


class FileReader:
    """The Reader of a SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="baton-reader")
        self._free = asyncio.Semaphore(READERS)
        self._own: Connection | None = None

    async def look(self, read: Callable[[Connection], T]) -> T:
        """At once, on the event loop."""
        if self._own is None:
            self._own = self._engine.connect()
        try:
            return read(self._own)
        finally:
            self._own.rollback()

    async def once(self, read: Callable[[Connection], T]) -> T:
        """In a thread."""
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._once, read)

    def _once(self, read: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return read(connection)

    async def snapshot(self) -> FileSnapshot:
        await self._free.acquire()
        return FileSnapshot(self._engine, self._threads, self._free)

    async def close(self) -> None:
        self._threads.shutdown()
        if self._own is not None:
            self._own.close()
        self._engine.dispose()


class FileSnapshot:
    """The Snapshot of a SQLite file."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor, free: asyncio.Semaphore) -> None:
        self._engine, self._threads, self._free = engine, threads, free
        self._connection: Connection | None = None
        self._closed = False
        # A reader that is cancelled leaves its thread reading: the connection is let go after that, not during it.
        self._turn = Lock()

    async def look(self, read: Callable[[Connection], T]) -> T:
        """At once, on the event loop."""
        return self._look(read)

    def _look(self, read: Callable[[Connection], T]) -> T:
        with self._turn:
            if self._closed:
                raise RuntimeError("the snapshot is closed")
            if self._connection is None:
                self._connection = self._engine.connect()
            return read(self._connection)

    async def run(self, read: Callable[[Connection], T]) -> T:
        """In a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look, read)

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


class FileCommitter:
    """The Committer of a SQLite file: one connection, one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="baton-writer")
        self._connection: Connection | None = None

    async def apply(self, units: Sequence[Unit]) -> list[Any]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._apply, units)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()
        self._engine.dispose()

    def _apply(self, units: Sequence[Unit]) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            return apply_all(self._connection, units)
        except Exception as error:  # the edge to the database: every waiting caller is told
            self._disconnect()
            return [translate(error) for _ in units]

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
