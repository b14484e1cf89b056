"""Reading: snapshots that never wait for the writer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Snapshot(Protocol):
    """The database as it stood at the first read; to be closed soon."""

    async def look(self, read: Callable[[Connection], T]) -> T:
        """A few rows found by an index."""

    async def run(self, read: Callable[[Connection], T]) -> T:
        """Any read: the desk goes on meanwhile."""

    async def close(self) -> None: ...


class Reader(Protocol):
    """Hands out snapshots; as many at once as there are reading connections."""

    async def look(self, read: Callable[[Connection], T]) -> T:
        """A few rows found by an index, in a snapshot of its own."""

    async def once(self, read: Callable[[Connection], T]) -> T:
        """Any read in a snapshot of its own: the desk goes on meanwhile."""

    async def snapshot(self) -> Snapshot: ...

    async def close(self) -> None: ...


async def at_one_moment(reader: Reader, read: Callable[[Connection], T]) -> T:
    """A read of many statements, all of which see the database as it stood at one moment, however long it takes.

    It is never begun twice, so `read` may write out what it finds.
    """
    snapshot = await reader.snapshot()
    try:
        await snapshot.look(_patiently)
        return await snapshot.run(read)
    finally:
        await snapshot.close()


def _patiently(connection: Connection) -> None:
    """Whoever looks at what is written out may take their time."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
