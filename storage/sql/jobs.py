"""Timers as the worker takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from bot.ports import Clock, Job
from storage.sql.moments import EPOCH
from storage.sql.puts import JOBS, LANES, as_job
from storage.sql.reader import Reader
from storage.sql.writer import Writer


class SqlTimers:
    """The Timers port. Every write names the fence it was taken with, so a thawed worker changes nothing."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    async def take(self, limit: int, lease: timedelta) -> Sequence[Job]:
        now, real = self._clock.now(), self._clock.real()

        def write(connection: Connection) -> list[Job]:
            wanted = {"now": now, "real": real, "until": real + lease, "most": limit}
            rows = connection.execute(_TAKE, wanted)
            return sorted((as_job(row) for row in rows), key=lambda job: job.due)

        # Looking first costs a read; an empty take would cost a commit to disk.
        due = {"now": now, "real": real, "most": 1}
        if await self._reader.look(lambda c: c.execute(_DUE, due).first()) is None:
            return ()
        (jobs,) = await self._writer.submit([write])
        return jobs  # type: ignore[no-any-return]

    async def defer(self, job: Job, after: timedelta) -> None:
        await self._put_off(job, after, failures=job.failures)

    async def fail(self, job: Job, after: timedelta) -> None:
        await self._put_off(job, after, failures=job.failures + 1)

    async def _put_off(self, job: Job, after: timedelta, failures: int) -> None:
        await self._change(job, not_before=self._clock.real() + after, failures=failures)

    async def set_aside(self, job: Job, reason: str) -> None:
        await self._change(job, set_aside=reason)

    async def _change(self, job: Job, **values: Any) -> None:
        mine = update(JOBS).where(JOBS.c.id == job.id, JOBS.c.fence == job.fence)
        # A put that arrived meanwhile wins: its gen moved, so only the lease is given back.
        same = mine.where(JOBS.c.gen == job.gen).values(lease_until=EPOCH, **values)

        def write(connection: Connection) -> None:
            if not connection.execute(same).rowcount:
                connection.execute(mine.values(lease_until=EPOCH))

        await self._writer.submit([write])

    async def next_due(self, *, lanes: bool = True) -> tuple[datetime | None, datetime | None]:
        now, real = self._clock.now(), self._clock.real()

        def read(connection: Connection) -> tuple[datetime | None, datetime | None]:
            timer = connection.execute(_NEXT_TIMER, {"real": real}).scalar()
            later = connection.execute(_NEXT_TRY, {"now": now, "real": real}).scalar()
            waiting = connection.execute(_LANES, {"real": real}).all() if lanes else ()
            ready = [row.due for row in waiting if row.next_ok <= real]
            paused = [row.next_ok for row in waiting if row.next_ok > real]
            return _earliest(timer, *ready), _earliest(later, *paused)

        return await self._reader.look(read)


_IDLE: Final = JOBS.c.lane.is_(None) & JOBS.c.set_aside.is_(None)
_NEXT_TIMER: Final = select(func.min(JOBS.c.due)).where(
    _IDLE, JOBS.c.not_before <= bindparam("real"), JOBS.c.lease_until <= bindparam("real")
)
_NEXT_TRY: Final = select(func.min(JOBS.c.not_before)).where(
    _IDLE, JOBS.c.due <= bindparam("now"), JOBS.c.not_before > bindparam("real")
)
_LANES: Final = select(LANES.c.due, LANES.c.next_ok).where(
    LANES.c.due.is_not(None), LANES.c.lease_until <= bindparam("real")
)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


_DUE: Final = (
    select(JOBS.c.id)
    .where(
        JOBS.c.lane.is_(None),
        JOBS.c.set_aside.is_(None),
        JOBS.c.due <= bindparam("now"),
        JOBS.c.not_before <= bindparam("real"),
        JOBS.c.lease_until <= bindparam("real"),
    )
    .order_by(JOBS.c.due)
    .limit(bindparam("most"))
)
_PICK: Final = _DUE.with_for_update(skip_locked=True).cte("pick")
_TAKE: Final = (
    update(JOBS)
    .where(JOBS.c.id.in_(select(_PICK.c.id)))
    .values(lease_until=bindparam("until"), fence=JOBS.c.fence + 1)
    .returning(*JOBS.c)
)
