"""Deliveries as the worker takes them: one lane at a time, each write guarded by the lane's fence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, update

from bot.ports import Clock, Hold, Job, Message, Place, Posted, Put, Rank
from storage.sql.messages import (
    BEGIN,
    GIVEN_UP,
    THERE,
    as_message,
    digest_is_new,
    is_lost,
    record,
    too_late,
)
from storage.sql.moments import EPOCH
from storage.sql.puts import JOBS, LANES, as_job, put, put_all, waiting_in
from storage.sql.reader import Reader
from storage.sql.turns import Rows
from storage.sql.writer import Write, Writer


class SqlLanes:
    """The Lanes port. Leases, pauses and retries are real time."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    async def take(self, limit: int, lease: timedelta) -> Sequence[Hold]:
        now, real = self._clock.now(), self._clock.real()
        wanted = {"now": now, "real": real, "most": limit, "until": real + lease}

        def write(connection: Connection) -> list[Hold]:
            return [Hold(lane=row.lane, fence=row.fence) for row in connection.execute(_TAKE, wanted)]

        # Looking first costs a read; an empty take would cost a commit to disk.
        if await self._reader.look(lambda c: c.execute(_READY, {**wanted, "most": 1}).first()) is None:
            return ()
        (holds,) = await self._writer.submit([write])
        return holds  # type: ignore[no-any-return]

    async def renew(self, hold: Hold, lease: timedelta) -> bool:
        until = {**_mine(hold), "lease_until": self._clock.real() + lease}
        (held,) = await self._submit(hold, lambda c: c.execute(_CHANGE, until).rowcount)
        return bool(held)

    async def next_job(self, hold: Hold, *, but: Collection[int] = (), fair: bool = False) -> Job | None:
        due = {"this_lane": hold.lane, "now": self._clock.now(), "most": len(but) + 1}

        def read(connection: Connection) -> Job | None:
            rows = connection.execute(_NEXT, due).all()
            job = next((as_job(row) for row in rows if row.id not in but), None)
            if job is not None and fair and job.rank == Rank.FIRST_CARD:
                return _behind(connection, due) or job
            return job

        return await self._reader.look(read)

    async def last_message(self, key: str) -> Message | None:
        rows = await self._reader.look(lambda c: c.execute(THERE, {"this_key": key}).all())
        return as_message(rows[0], attempts=len(rows)) if rows else None

    async def begin(self, hold: Hold, job: Job, *, nonce: str, place: Place, shown: str) -> Message | None:
        row = {"key": job.key, "nonce": nonce, "state": "sending", "place": str(place), "shown": shown}
        now = self._clock.now()

        def write(connection: Connection) -> Message | None:
            ours = _held(connection, hold) and _newest(connection, job)
            if not ours or not digest_is_new(connection, job, place):
                return None
            added = connection.execute(BEGIN, {**row, "begun_at": now}).scalar_one()
            return Message(
                id=added,
                key=job.key,
                nonce=nonce,
                place=str(place),
                posted=None,
                shown=shown,
                attempts=1,
            )

        (message,) = await self._submit(hold, write)
        return message  # type: ignore[no-any-return]

    async def finish(
        self, hold: Hold, job: Job, message: Message | None, posted: Posted | None, shown: str
    ) -> bool:
        def write(connection: Connection) -> bool:
            if not _held(connection, hold):
                return too_late(connection, job, message)
            if message is None or posted is None or record(connection, message, posted, shown):
                connection.execute(_END, _state(job))
            return True

        (done,) = await self._submit(hold, write)
        return bool(done)

    async def lost(self, message: Message, then: Sequence[Put] = ()) -> bool:
        def write(connection: Connection) -> bool:
            lost = is_lost(connection, message)
            if lost and then:
                put_all(connection, then)
            return lost

        (lost,) = await self._writer.submit([write])
        return bool(lost)

    async def fail(self, hold: Hold, job: Job, after: timedelta) -> None:
        until = {**_mine(hold), "next_ok": self._clock.real() + after}

        def write(connection: Connection) -> None:
            # The whole lane waits: a later message of the same rank may not overtake this one.
            if connection.execute(_CHANGE, until).rowcount:
                connection.execute(_FAILED, {**_state(job), "failures": job.failures + 1})

        await self._submit(hold, write)

    async def give_up(self, hold: Hold, job: Job, tell: Put) -> None:
        def write(connection: Connection) -> None:
            # What is newer gets tries of its own; dropped, nobody waits for it.
            if _held(connection, hold) and connection.execute(_END, _state(job)).rowcount:
                connection.execute(GIVEN_UP, {"this_key": job.key})
                put(connection, tell)

        await self._submit(hold, write)

    async def pause(self, hold: Hold, until: datetime, tell: Put | None = None) -> None:
        changed = {**_mine(hold), "next_ok": until}

        def write(connection: Connection) -> None:
            if connection.execute(_CHANGE, changed).rowcount and tell is not None:
                put(connection, tell)

        await self._submit(hold, write)

    async def waiting(self, platform: str) -> Mapping[str, int]:
        # ";" is the character after ":", so these are the lanes that begin with the platform's name.
        within = {"first": f"{platform}:", "last": f"{platform};"}
        rows = await self._reader.once(lambda c: c.execute(_COUNTED, within).all())
        return {row.lane: row.number for row in rows}

    async def release(self, hold: Hold) -> None:
        def write(connection: Connection) -> None:
            # Locked first: what another replica puts here meanwhile is either seen now, or says itself when it is due.
            if _held(connection, hold):
                due, rank = waiting_in(connection, hold.lane)
                connection.execute(_CHANGE, {**_mine(hold), "lease_until": EPOCH, "due": due, "rank": rank})

        await self._submit(hold, write)

    async def _submit(self, hold: Hold, write: Write) -> list[Any]:
        return await self._writer.submit([write], rows=Rows(lanes=(hold.lane,)))


def _held(connection: Connection, hold: Hold) -> bool:
    return connection.execute(_HELD, _mine(hold)).first() is not None


def _newest(connection: Connection, job: Job) -> bool:
    return connection.execute(_NEWEST, _state(job)).first() is not None


def _behind(connection: Connection, due: Mapping[str, Any]) -> Job | None:
    """The first of what waits behind first cards, unless the card it belongs below waits itself."""
    for row in connection.execute(_BEHIND, {**due, "most": _LOOKED_AT}):
        job = as_job(row)
        below = job.args.get("below")
        if below is None or connection.execute(_UNPOSTED, {"this_key": below}).first() is None:
            return job
    return None


def _mine(hold: Hold) -> dict[str, Any]:
    return {"this_lane": hold.lane, "this_fence": hold.fence}


def _state(job: Job) -> dict[str, Any]:
    return {"this_id": job.id, "this_gen": job.gen}


_READY: Final = (
    select(LANES.c.lane)
    .where(
        LANES.c.due.is_not(None),
        LANES.c.due <= bindparam("now"),
        LANES.c.next_ok <= bindparam("real"),
        LANES.c.lease_until <= bindparam("real"),
    )
    # Pages first: in a crowd of busy lanes the newest would wait longest.
    .order_by(LANES.c.rank != int(Rank.PAGE), LANES.c.due)
    .limit(bindparam("most"))
)
_PICK: Final = _READY.with_for_update(skip_locked=True).cte("pick")
_TAKE: Final = (
    update(LANES)
    .where(LANES.c.lane.in_(select(_PICK.c.lane)))
    .values(lease_until=bindparam("until"), fence=LANES.c.fence + 1)
    .returning(LANES.c.lane, LANES.c.fence)
)
_MINE: Final = (LANES.c.lane == bindparam("this_lane")) & (LANES.c.fence == bindparam("this_fence"))
_HELD: Final = select(LANES.c.lane).where(_MINE).with_for_update()
_CHANGE: Final = update(LANES).where(_MINE)
_LOOKED_AT: Final = 20
_NEXT: Final = (
    select(JOBS)
    .where(JOBS.c.lane == bindparam("this_lane"), JOBS.c.set_aside.is_(None), JOBS.c.due <= bindparam("now"))
    .order_by(JOBS.c.rank, JOBS.c.due, JOBS.c.id)
    .limit(bindparam("most"))
)
_BEHIND: Final = _NEXT.where(JOBS.c.rank.in_((int(Rank.NOTE), int(Rank.EDIT))))
_UNPOSTED: Final = select(JOBS.c.id).where(
    JOBS.c.key == bindparam("this_key"), JOBS.c.rank == int(Rank.FIRST_CARD), JOBS.c.set_aside.is_(None)
)
_COUNTED: Final = (
    select(JOBS.c.lane, func.count().label("number"))
    .where(JOBS.c.lane >= bindparam("first"), JOBS.c.lane < bindparam("last"), JOBS.c.set_aside.is_(None))
    .group_by(JOBS.c.lane)
)
_STATE: Final = (JOBS.c.id == bindparam("this_id")) & (JOBS.c.gen == bindparam("this_gen"))
# Locked: who puts it anew, as an acknowledgement does, waits for the send that has begun, or stops it before.
_NEWEST: Final = select(JOBS.c.id).where(_STATE).with_for_update()
_FAILED: Final = update(JOBS).where(_STATE)
_END: Final = delete(JOBS).where(_STATE)
