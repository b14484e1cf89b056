"""PostgreSQL: the same reading and writing functions, run on asyncpg's connections.

SQLAlchemy's `run_sync` lets a synchronous function use an asynchronous connection: while it waits for the server, the
event loop goes on. So nothing here needs a thread, and nothing that reads or writes knows which database it talks to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.ports import Overloaded
from storage.sql.errors import translate
from storage.sql.writer import Unit, apply_all

T = TypeVar("T")

READERS: Final = 8
_SETTINGS: Final = {
    # A replica that freezes inside a transaction must not keep others from its rows: it loses the connection, and
    # the others wait for longer than that.
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "timezone": "UTC",
    "application_name": "baton",
}
# Who reads keeps nobody waiting.
_READING: Final = {"default_transaction_read_only": "on", "idle_in_transaction_session_timeout": "15s"}


_ANSWERS_WITHIN: Final = 70.0
"""Seconds after which a server that says nothing is gone: it ends every statement itself after sixty."""

_LIVES: Final = 1.0
"""Seconds for which a connection that lived and was not closed is taken for alive."""

AWAY: Final = (OSError, NoneFree, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What connecting may raise, beside what SQLAlchemy knows."""


class CannotConnect(Exception):
    """The database server cannot be used; the text says why, without the password."""


def engine_of(
    url: str, *, connections: int = 1, reads_only: bool = False, patient: bool = False
) -> AsyncEngine:
    """An engine for `postgresql://user:password@host/database?sslmode=…`, as libpq writes it.

    A dead connection is noticed before anything is written through it. Reading is not asked for twice: who reads
    finds out, and reads again. A `patient` one waits for an answer however long it takes.
    """
    settings = {**_SETTINGS, **(_READING if reads_only else {})}
    address = make_url(url).set(drivername="postgresql+asyncpg")
    query = dict(address.query)
    if "sslmode" in query:
        # asyncpg's own name for it.
        query["ssl"] = query.pop("sslmode")
    return create_async_engine(
        address.set(query=query),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=not reads_only,
        # What a statement carries are people's words, and an error's text ends up in the log.
        hide_parameters=True,
        pool_recycle=3600,
        connect_args={
            "server_settings": settings,
            "timeout": 10,
            "command_timeout": None if patient else _ANSWERS_WITHIN,
        },
    )


class ServerReader:
    """The Reader of a PostgreSQL database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._plain = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def look(self, read: Callable[[Connection], T]) -> T:
        return await self.once(read)

    async def once(self, read: Callable[[Connection], T]) -> T:
        try:
            return await self._once(read)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise translate(error) from error
        except AWAY as error:
            raise away(error) from error
        # The server was restarted, or an idle connection was cut: the others of the pool are gone as well by now.
        try:
            return await self._once(read)
        except (DBAPIError, *AWAY) as error:
            raise away(error) from error

    async def _once(self, read: Callable[[Connection], T]) -> T:
        async with self._plain.connect() as connection:
            return await connection.run_sync(read)

    async def snapshot(self) -> ServerSnapshot:
        return ServerSnapshot(self._engine)

    async def close(self) -> None:
        await self._engine.dispose()


class ServerSnapshot:
    """The Snapshot of a PostgreSQL database: one transaction that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._closed = False

    async def look(self, read: Callable[[Connection], T]) -> T:
        return await self.run(read)

    async def run(self, read: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RuntimeError("the snapshot is closed")
        first = self._connection is None
        try:
            return await self._read(read)
        except DBAPIError as error:
            if not (first and error.connection_invalidated):
                raise translate(error) from error
        except AWAY as error:
            raise away(error) from error
        try:
            await self._let_go()
            return await self._read(read)
        except (DBAPIError, *AWAY) as error:
            raise away(error) from error

    async def _read(self, read: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = await self._engine.connect()
            await self._connection.execution_options(isolation_level="REPEATABLE READ")
        return await self._connection.run_sync(read)

    async def close(self) -> None:
        self._closed = True
        await self._let_go()

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class ServerCommitter:
    """The Committer of a PostgreSQL database: one connection, in transactions of READ COMMITTED."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._looked_at = 0.0

    async def apply(self, units: Sequence[Unit]) -> list[Any]:
        try:
            return await self._apply(units)
        except Exception as error:  # the edge to the database: every waiting caller is told
            return [away(error) for _ in units]

    async def _apply(self, units: Sequence[Unit]) -> list[Any]:
        try:
            connection = await self._alive()
            return await connection.run_sync(apply_all, units)
        except BaseException:
            await self._let_go()
            raise

    async def close(self) -> None:
        await self._let_go()
        await self._engine.dispose()

    async def _alive(self) -> AsyncConnection:
        """The connection. The server is asked whether it lives once a second: in a surge the question, three turns to
        the server and back, would cost as much as what is written."""
        if self._connection is not None and time.monotonic() - self._looked_at < _LIVES:
            raw: Any = (await self._connection.get_raw_connection()).driver_connection
            if not raw.is_closed():
                return self._connection
        await self._let_go()
        self._connection = await self._engine.connect()
        self._looked_at = time.monotonic()
        return self._connection

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def away(error: Exception) -> Exception:
    """The error in the desk's words, also where there was no connection to begin with."""
    if isinstance(error, AWAY) and not isinstance(error, DBAPIError):
        said = Overloaded(2)
        said.__cause__ = error
        return said
    return translate(error)


def why_not(url: str, error: Exception) -> str:
    """Why the server cannot be used, as a sentence that holds no password."""
    address = make_url(url)
    host = address.host or address.query.get("host") or "this machine"
    reason = " ".join(str(error).split()) or type(error).__name__
    if address.password:
        reason = reason.replace(str(address.password), "***")
    return f"The database server at {host} cannot be used: {reason}"
