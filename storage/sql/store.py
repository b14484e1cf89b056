"""The store: everything of one database, opened together and closed together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Executable, delete, func, select, update

from bot.policy.model import Policy
from bot.ports import Bell, Origin
from storage.sql.absences import everyone
from storage.sql.cases import CASES, MENTIONS
from storage.sql.clock import SqlClock
from storage.sql.database import is_server, open_database
from storage.sql.engine import sqlite_path
from storage.sql.identities import SqlIdentities
from storage.sql.intake import SqlIntake
from storage.sql.jobs import SqlTimers
from storage.sql.lanes import SqlLanes
from storage.sql.lock import holder
from storage.sql.moments import EPOCH
from storage.sql.pulse import SqlPulse
from storage.sql.puts import JOBS, LANES, insert_into
from storage.sql.references import SqlReferences
from storage.sql.sent import SqlSent
from storage.sql.sign_ins import SqlSignIns
from storage.sql.sources import SOURCES, SqlSourceBook
from storage.sql.tables import CounterRow
from storage.sql.turns import NONE, Rows
from storage.sql.vault import SqlVault
from storage.sql.weblog import SqlWebLog
from storage.sql.work import SEEN, SEEN_KEPT, SqlWork
from storage.sql.writer import Write, Writer

COUNTERS: Any = CounterRow.__table__  # type: ignore[attr-defined]
DESK: Final = "desk"
_DESK: Final = select(COUNTERS.c.value).where(COUNTERS.c.name == DESK)
FIRST_CASE: Final = 1001
ALIVE: Final = timedelta(minutes=1)
"""A desk that works says so every twenty seconds."""
BLOCK: Final = 20
"""Case numbers are fetched in blocks; a restart leaves at most this many unused."""


class Numbers:
    """Case numbers that grow and are never given twice."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._block: list[int] = []
        self._fetching = asyncio.Lock()

    async def next(self) -> int:
        async with self._fetching:
            if not self._block:
                (end,) = await self._writer.submit([_next_block])
                self._block = list(range(end, end - BLOCK, -1))
            return self._block.pop()


def _next_block(connection: Connection) -> int:
    first = {"name": "case", "value": FIRST_CASE + BLOCK - 1}
    new = insert_into(connection, COUNTERS).values(**first)
    more = new.on_conflict_do_update(index_elements=["name"], set_={"value": COUNTERS.c.value + BLOCK})
    return int(connection.execute(more.returning(COUNTERS.c.value)).scalar_one())


def _run(connection: Connection, statement: Executable) -> None:
    connection.execute(statement)


class SqlStore:
    """The Store port and its neighbours over one database. Migrations have run before it is opened."""

    def __init__(
        self, url: str, policy: Policy, clock: SqlClock | None = None, *, token_keys: Sequence[str] = ()
    ) -> None:
        self.policy = policy
        self.clock = clock or SqlClock()
        self.url = url
        self._database = open_database(url)
        self.writer, self.reader = self._database.writer, self._database.reader
        self.numbers = Numbers(self.writer)
        self.intake = SqlIntake(self.writer, self.clock, lambda: self.woken())
        self.timers = SqlTimers(self.reader, self.writer, self.clock)
        self.lanes = SqlLanes(self.reader, self.writer, self.clock)
        self.weblog = SqlWebLog(self.reader, self.writer, self.clock, lambda: self.policy)
        self.identities = SqlIdentities(self.reader, self.writer)
        self.references = SqlReferences(self.reader, self.writer)
        self.sign_ins = SqlSignIns(self.reader, self.writer, self.clock)
        self.sources = SqlSourceBook(self.reader, self.writer, self.clock, lambda: self.woken())
        self.vault = SqlVault(self.reader, self.writer, self.clock, token_keys)
        self.sent = SqlSent(
            reader=self.reader, submit=self.submit, clock=self.clock, policy=lambda: self.policy
        )
        self.pulse = SqlPulse(self.reader, self.writer, self.clock)
        self.woken: Callable[[], None] = lambda: None

    def work(self, origin: Origin) -> SqlWork:
        return SqlWork(self, origin)

    async def submit(self, writes: Sequence[Write], *, rows: Rows = NONE) -> None:
        """Commits the writes as one unit, which changes these `rows`; whoever waits for jobs is woken."""
        await self.writer.submit(writes, rows=rows)
        self.woken()

    async def listen(self, changed: Callable[[], None]) -> None:
        """Until cancelled, or at once where no other process can ring: `changed` is called, and whoever waits for
        jobs is woken, when another replica wrote something."""

        def heard() -> None:
            self.woken()
            changed()

        await self._database.bell.listen(heard)

    def ring_by(self, make: Callable[[Bell], Bell]) -> None:
        """Another bell between replicas, made of the database's own."""
        bell = make(self._database.bell)
        self._database = replace(self._database, bell=bell)
        self.writer.wrote = bell.ring

    async def number(self) -> int:
        """This database's own number, the same for every process that uses it."""

        def write(connection: Connection) -> int:
            new = insert_into(connection, COUNTERS).values(name=DESK, value=secrets.randbits(48))
            connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
            return int(connection.execute(_DESK).scalar_one())

        known = await self.reader.once(lambda c: c.execute(_DESK).scalar())
        if known is not None:
            return int(known)
        (number,) = await self.writer.submit([write])
        return int(number)

    async def free_leases(self) -> None:
        """Frees what a process that died had taken. Only where nobody else works."""
        held = [
            update(table).where(table.c.lease_until > EPOCH).values(lease_until=EPOCH)
            for table in (JOBS, LANES, SOURCES)
        ]
        await self.writer.submit([partial(_run, statement=one) for one in held])

    async def refresh(self) -> None:
        """Reads what other processes may have changed and this one keeps in mind: the clock, and who is away."""
        await self.clock.refresh(self.reader)
        self.policy.absences.adopt(await self.reader.once(everyone))

    async def at_work(self) -> str | None:
        """Who runs the desk on this database, in words; None when nobody does."""
        if not is_server(self.url):
            process = holder(sqlite_path(self.url))
            return f"process {process}" if process else None
        beat = await self.pulse.last_beat()
        ago = self.clock.real() - beat if beat else None
        return f"it said so {ago.seconds} seconds ago" if ago and timedelta(0) <= ago < ALIVE else None

    async def close(self) -> None:
        await self._database.close()

    async def unfiled(self) -> int:
        """How many mentions still wait for a case."""
        new = select(func.count()).select_from(MENTIONS)
        new = new.where(MENTIONS.c.case_id.is_(None), MENTIONS.c.set_aside.is_(None))
        return await self.reader.once(lambda c: int(c.execute(new).scalar_one()))

    async def pending_jobs(self) -> int:
        """How many jobs of any kind there are, for metrics."""
        return await self.reader.once(
            lambda c: int(c.execute(select(func.count()).select_from(JOBS)).scalar_one())
        )

    async def case_count(self) -> int:
        return await self.reader.once(
            lambda c: int(c.execute(select(func.count()).select_from(CASES)).scalar_one())
        )

    async def bookmark(self, name: str) -> int | None:
        """A place in a file that is being read; None when there is none."""
        one = select(COUNTERS.c.value).where(COUNTERS.c.name == f"bookmark:{name}")
        return await self.reader.once(lambda c: c.execute(one).scalar())

    async def set_bookmark(self, name: str, value: int) -> None:
        def write(connection: Connection) -> None:
            new = insert_into(connection, COUNTERS).values(name=f"bookmark:{name}", value=value)
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

        await self.writer.submit([write])

    async def forget_seen(self) -> None:
        """Event ids older than any platform's last repetition go."""
        old = delete(SEEN).where(SEEN.c.at < self.clock.real() - SEEN_KEPT)
        await self.writer.submit([lambda c: c.execute(old)])

    async def ping(self) -> None:
        """Raises when the database cannot be read."""
        await self.reader.once(lambda c: c.execute(select(1)).scalar())
