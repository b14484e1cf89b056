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
