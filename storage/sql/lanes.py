"""Deliveries as the worker takes them: one lane at a time, each write guarded by the lane's fence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.ports import Clock, Hold, Job, Message, Place, Posted, Put, Rank
from storage.sql.messages import MESSAGES, as_message, digest_is_new, record, too_late
from storage.sql.moments import EPOCH
from storage.sql.puts import JOBS, LANES, as_job, put, waiting_in
from storage.sql.reader import Reader
from storage.sql.writer import Writer


class SqlLanes:
    """The Lanes port. Leases, pauses and retries are real time."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    async def take(self, limit: int, lease: timedelta) -> Sequence[Hold]:
        now, real = self._clock.now(), self._clock.real()
        wanted = {"now": now, "real": real}
        if not await self._reader.once(lambda c: c.execute(_ready().limit(1), wanted).first()):
            return ()

        def write(connection: Connection) -> list[Hold]:
            rows = connection.execute(_take(limit), {**wanted, "until": real + lease})
            return [Hold(lane=row.lane, fence=row.fence) for row in rows]

        (holds,) = await self._writer.submit([write])
        return holds  # type: ignore[no-any-return]

    async def renew(self, hold: Hold, lease: timedelta) -> bool:
        until = self._clock.real() + lease
        (held,) = await self._writer.submit([lambda c: _renew(c, hold, until)])
        return bool(held)

    async def next_job(self, hold: Hold) -> Job | None:
        due = (
            select(JOBS)
            .where(JOBS.c.lane == hold.lane, JOBS.c.set_aside.is_(None), JOBS.c.due <= self._clock.now())
            .order_by(JOBS.c.rank, JOBS.c.due, JOBS.c.id)
            .limit(1)
        )
        row = await self._reader.once(lambda c: c.execute(due).first())
        return as_job(row) if row else None

    async def last_message(self, key: str) -> Message | None:
        newest = (
            select(MESSAGES)
            .where(MESSAGES.c.key == key, MESSAGES.c.state.in_(("sending", "sent")))
            .order_by(MESSAGES.c.id.desc())
        )
        rows = await self._reader.once(lambda c: c.execute(newest).all())
        return as_message(rows[0], attempts=len(rows)) if rows else None

    async def begin(self, hold: Hold, job: Job, *, nonce: str, place: Place, shown: str) -> Message | None:
        now = self._clock.now()

        def write(connection: Connection) -> Message | None:
            if (
                not _held(connection, hold)
                or not _newest(connection, job)
                or not digest_is_new(connection, job, place)
            ):
                return None
            row = {"key": job.key, "nonce": nonce, "state": "sending", "place": str(place), "shown": shown}
            added = connection.execute(insert(MESSAGES).values(**row, begun_at=now).returning(MESSAGES.c.id))
            return Message(
                id=added.scalar_one(),
                key=job.key,
                nonce=nonce,
                place=str(place),
                posted=None,
                shown=shown,
                attempts=1,
            )

        (message,) = await self._writer.submit([write])
        return message  # type: ignore[no-any-return]

    async def finish(
        self, hold: Hold, job: Job, message: Message | None, posted: Posted | None, shown: str
    ) -> bool:
        def write(connection: Connection) -> bool:
            if not _held(connection, hold):
                return too_late(connection, job, message)
            if message is None or posted is None or record(connection, message, posted, shown):
                connection.execute(delete(JOBS).where(JOBS.c.id == job.id, JOBS.c.gen == job.gen))
            return True

        (done,) = await self._writer.submit([write])
        return bool(done)

    async def lost(self, message: Message) -> None:
        gone = update(MESSAGES).where(MESSAGES.c.id == message.id).values(state="lost")
        await self._writer.submit([lambda c: c.execute(gone)])

    async def fail(self, hold: Hold, job: Job, after: timedelta) -> None:
        until = self._clock.real() + after
        more = (
            update(JOBS).where(JOBS.c.id == job.id, JOBS.c.gen == job.gen).values(failures=job.failures + 1)
        )

        def write(connection: Connection) -> None:
            # The whole lane waits: a later message of the same rank may not overtake this one.
            if _held(connection, hold):
                connection.execute(more)
                connection.execute(_mine(hold).values(next_ok=until))

        await self._writer.submit([write])

    async def give_up(self, hold: Hold, job: Job, tell: Put) -> None:
        def write(connection: Connection) -> None:
            if not _held(connection, hold):
                return
            mine = delete(JOBS).where(JOBS.c.id == job.id, JOBS.c.gen == job.gen)
            if not connection.execute(mine).rowcount:
                # What is newer gets tries of its own; dropped, nobody waits for it.
                return
            failed = update(MESSAGES).where(MESSAGES.c.key == job.key, MESSAGES.c.state == "sending")
            connection.execute(failed.values(state="failed"))
            put(connection, tell)

        await self._writer.submit([write])

    async def pause(self, hold: Hold, until: datetime) -> None:
        await self._writer.submit([lambda c: c.execute(_mine(hold).values(next_ok=until))])

    async def release(self, hold: Hold) -> None:
        def write(connection: Connection) -> None:
            connection.execute(_mine(hold).values(lease_until=EPOCH, **waiting_in(connection, hold.lane)))

        await self._writer.submit([write])


def _ready() -> Any:
    return (
        select(LANES.c.lane)
        .where(
            LANES.c.due.is_not(None),
            LANES.c.due <= bindparam("now"),
            LANES.c.next_ok <= bindparam("real"),
            LANES.c.lease_until <= bindparam("real"),
        )
        # Pages first: in a crowd of busy lanes the newest would wait longest.
        .order_by(LANES.c.rank != int(Rank.PAGE), LANES.c.due)
    )


def _take(limit: int) -> Any:
    pick = _ready().limit(limit).with_for_update(skip_locked=True).cte("pick")
    return (
        update(LANES)
        .where(LANES.c.lane.in_(select(pick.c.lane)))
        .values(lease_until=bindparam("until"), fence=LANES.c.fence + 1)
        .returning(LANES.c.lane, LANES.c.fence)
    )


def _mine(hold: Hold) -> Any:
    return update(LANES).where(LANES.c.lane == hold.lane, LANES.c.fence == hold.fence)


def _renew(connection: Connection, hold: Hold, until: datetime) -> bool:
    return bool(connection.execute(_mine(hold).values(lease_until=until)).rowcount)


def _held(connection: Connection, hold: Hold) -> bool:
    mine = select(LANES.c.lane).where(LANES.c.lane == hold.lane, LANES.c.fence == hold.fence)
    return connection.execute(mine.with_for_update()).first() is not None


def _newest(connection: Connection, job: Job) -> bool:
    same = select(JOBS.c.id).where(JOBS.c.id == job.id, JOBS.c.gen == job.gen)
    return connection.execute(same).first() is not None
