"""Units of work: a snapshot to read, and writes that leave together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from bot.ports import AlreadyDone, Origin, Put, Thread
from storage.sql import puts
from storage.sql.absences import SqlAbsences
from storage.sql.board import SqlBoard
from storage.sql.cases import SqlCases
from storage.sql.erase_shown import say_again
from storage.sql.freezes import SqlFreezes
from storage.sql.leads import SqlLeads
from storage.sql.mentions import SqlMentions
from storage.sql.mutes import SqlMutes
from storage.sql.outages import SqlOutages
from storage.sql.reader import Snapshot
from storage.sql.reports import SqlReports
from storage.sql.sign_ins import SqlLinks
from storage.sql.tables import SeenRow
from storage.sql.tallies import SqlTallies
from storage.sql.turns import Rows
from storage.sql.weblog_sight import touch
from storage.sql.writer import Write

if TYPE_CHECKING:
    from storage.sql.store import SqlStore

T = TypeVar("T")
SEEN: Any = SeenRow.__table__  # type: ignore[attr-defined]
SEEN_KEPT: Final = timedelta(days=2)
"""How long a platform may deliver the same event again."""

_SEEN: Final = select(SEEN.c.event_id).where(SEEN.c.event_id == bindparam("event"))
_NOW_SEEN: Final = insert(SEEN)


def _was_seen(connection: Connection, event: str) -> bool:
    return connection.execute(_SEEN, {"event": event}).first() is not None


@dataclass(slots=True)
class _Puts:
    """Jobs to put, in their order."""

    wanted: list[Put]

    def __call__(self, connection: Connection) -> None:
        puts.put_all(connection, self.wanted)


class SqlJobs:
    """The Jobs port: puts and drops leave with the work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    def put(self, put: Put) -> None:
        self._work.put(put)

    def again(self, case_id: int, at: datetime) -> None:
        policy = self._work.store.policy
        self._work.write(lambda c: say_again(c, case_id, policy, at, anew=False))
        self._work.write(lambda c: touch(c, case_id))

    def drop(self, key: str) -> None:
        # A timer's own job ends with its finish; dropped here, the finish would find nothing and undo the work.
        if self._work.origin.job is None or self._work.origin.job.key != key:
            self._work.write(lambda c: puts.drop(c, key))


class SqlWork:
    """The Work port. Raises Stale, AlreadyDone, JobLost or Overloaded on leaving; then nothing was saved."""

    def __init__(self, store: SqlStore, origin: Origin) -> None:
        self.store, self.origin = store, origin
        self.cases = SqlCases(self)
        self.mentions = SqlMentions(self)
        self.freezes = SqlFreezes(self)
        self.tallies = SqlTallies(self)
        self.reports = SqlReports(self)
        self.mutes = SqlMutes(self)
        self.absences = SqlAbsences(self)
        self.outages = SqlOutages(self)
        self.board = SqlBoard(self)
        self.leads = SqlLeads(self)
        self.jobs = SqlJobs(self)
        self.links = SqlLinks(self.write, store.clock)
        self.threads_seen: dict[str, Thread] = {}
        self._snapshot: Snapshot | None = None
        self._writes: list[Write] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._snapshot is not None:
            await self._snapshot.close()
            self._snapshot = None
        if error is not None or (not self._writes and self.origin.job is None):
            return
        await self.store.submit([*self._once(), *self._writes, *self._finish()], rows=self._rows())

    async def read(self, read: Callable[[Connection], T], *, long: bool = False) -> T:
        """One read in the work's snapshot; `long` where it may walk through many rows.

        The first one also asks whether this event was handled before.
        """
        if self._snapshot is None:
            self._snapshot = await self.store.reader.snapshot()
            event = self.origin.event_id
            if event is not None and await self._snapshot.look(partial(_was_seen, event=event)):
                raise AlreadyDone(event)
        return await self._snapshot.run(read) if long else await self._snapshot.look(read)

    def write(self, write: Write) -> None:
        self._writes.append(write)

    def put(self, wanted: Put) -> None:
        """Puts that follow one another leave in one statement."""
        last = self._writes[-1] if self._writes else None
        if isinstance(last, _Puts):
            last.wanted.append(wanted)
        else:
            self._writes.append(_Puts([wanted]))

    def _rows(self) -> Rows:
        puts = (wanted for write in self._writes if isinstance(write, _Puts) for wanted in write.wanted)
        lanes = tuple(put.lane for put in puts if put.lane is not None)
        return Rows(cases=tuple(self.cases.saved), lanes=lanes)

    def _once(self) -> list[Write]:
        event, at = self.origin.event_id, self.store.clock.real()
        if event is None:
            return []

        def write(connection: Connection) -> None:
            try:
                connection.execute(_NOW_SEEN, {"event_id": event, "at": at})
            except IntegrityError as error:
                raise AlreadyDone(event) from error

        return [write]

    def _finish(self) -> list[Write]:
        job = self.origin.job
        return [] if job is None else [lambda c: puts.finish(c, job)]
