"""Writes on jobs and lanes that leave with somebody's transaction: put, drop, finish."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, case, delete, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Job, JobLost, Put, Rank
from storage.sql.moments import EPOCH
from storage.sql.tables import JobRow, LaneRow

JOBS: Any = JobRow.__table__  # type: ignore[attr-defined]
LANES: Any = LaneRow.__table__  # type: ignore[attr-defined]


def insert_into(connection: Connection, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, for the connection's database."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


@lru_cache
def _put_statement(dialect: str) -> Executable:
    new: Any = (postgresql if dialect == "postgresql" else sqlite).insert(JOBS)
    said = new.excluded
    timer = JOBS.c.lane.is_(None)
    return new.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["key"],
        set_={
            "kind": said.kind,
            "args": said.args,
            "lane": said.lane,
            "gen": JOBS.c.gen + 1,
            "failures": 0,
            "set_aside": null(),
            "not_before": EPOCH,
            # A timer takes the new moment; a busy card keeps the earlier one, so that it cannot starve.
            "due": case((timer, said.due), (JOBS.c.due < said.due, JOBS.c.due), else_=said.due),
            "rank": case((timer, said.rank), (JOBS.c.rank < said.rank, JOBS.c.rank), else_=said.rank),
        },
    )


@lru_cache
def _lane_statement(dialect: str) -> Executable:
    new: Any = (postgresql if dialect == "postgresql" else sqlite).insert(LANES)
    said, empty = new.excluded, LANES.c.due.is_(None)
    return new.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["lane"],
        set_={
            "due": case((empty, said.due), (LANES.c.due < said.due, LANES.c.due), else_=said.due),
            "rank": case((empty, said.rank), (LANES.c.rank < said.rank, LANES.c.rank), else_=said.rank),
        },
    )


def put(connection: Connection, wanted: Put) -> None:
    """The job is there with these args; a live lease on it stays, and its holder's finish will not end it."""
    row = {
        "kind": wanted.kind,
        "key": wanted.key,
        "args": msgspec.json.encode(wanted.args).decode(),
        "lane": wanted.lane,
        "rank": int(wanted.rank),
        "due": wanted.due,
        "not_before": EPOCH,
        "gen": 1,
        "fence": 0,
        "lease_until": EPOCH,
        "failures": 0,
    }
    connection.execute(_put_statement(connection.dialect.name), row)
    if wanted.lane is not None:
        lane = {"lane": wanted.lane, "due": wanted.due, "rank": int(wanted.rank)}
        new = {**lane, "next_ok": EPOCH, "lease_until": EPOCH, "fence": 0}
        connection.execute(_lane_statement(connection.dialect.name), new)


def put_missing(connection: Connection, wanted: Put) -> None:
    """The job is there; one that stands already keeps its moment, so nothing overdue is lost."""
    there = select(JOBS.c.id).where(JOBS.c.key == wanted.key, JOBS.c.set_aside.is_(None))
    if connection.execute(there).first() is None:
        put(connection, wanted)


def drop(connection: Connection, key: str) -> None:
    """The job is gone, leased or not."""
    connection.execute(delete(JOBS).where(JOBS.c.key == key))


def finish(connection: Connection, job: Job) -> None:
    """The timer is done; one that was put again meanwhile stays and runs again. Raises JobLost when it is not ours."""
    mine = (JOBS.c.id == job.id) & (JOBS.c.fence == job.fence)
    if connection.execute(delete(JOBS).where(mine & (JOBS.c.gen == job.gen))).rowcount:
        return
    if not connection.execute(update(JOBS).where(mine).values(lease_until=EPOCH)).rowcount:
        raise JobLost(job.key)


def as_job(row: Any) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        key=row.key,
        args=msgspec.json.decode(row.args),
        lane=row.lane,
        rank=row.rank,
        due=row.due,
        gen=row.gen,
        fence=row.fence,
        failures=row.failures,
    )


def waiting_in(connection: Connection, lane: str) -> dict[str, Any]:
    """When the lane's next delivery is due (None when it is empty), and how urgent its most urgent one is."""
    mine = (JOBS.c.lane == lane) & JOBS.c.set_aside.is_(None)
    row = connection.execute(select(func.min(JOBS.c.due), func.min(JOBS.c.rank)).where(mine)).one()
    return {"due": row[0], "rank": row[1] if row[1] is not None else int(Rank.EDIT)}
