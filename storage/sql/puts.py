"""Writes on jobs and lanes that leave with somebody's transaction: put, drop, finish."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Executable, bindparam, case, delete, func, null, select, update
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
            "not_before": said.not_before,
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
    put_all(connection, (wanted,))


def put_all(connection: Connection, wanted: Sequence[Put]) -> None:
    """The jobs are there with these args; a live lease on one stays, and its holder's finish will not end it."""
    lanes: dict[str, dict[str, Any]] = {}
    for one in wanted:
        if one.lane is not None:
            there = lanes.setdefault(one.lane, _lane_row(one))
            there["due"], there["rank"] = min(there["due"], one.due), min(there["rank"], int(one.rank))
    # Lanes before jobs, as deliveries take them: the other way round the two would wait for each other.
    if lanes:
        in_order = [lanes[lane] for lane in sorted(lanes)]
        connection.execute(_lane_statement(connection.dialect.name), in_order)
    connection.execute(_put_statement(connection.dialect.name), [_row(one) for one in wanted])


def _row(wanted: Put) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "key": wanted.key,
        "args": msgspec.json.encode(wanted.args).decode(),
        "lane": wanted.lane,
        "rank": int(wanted.rank),
        "due": wanted.due,
        "not_before": wanted.not_before or EPOCH,
        "gen": 1,
        "fence": 0,
        "lease_until": EPOCH,
        "failures": 0,
    }


def _lane_row(wanted: Put) -> dict[str, Any]:
    lane = {"lane": wanted.lane, "due": wanted.due, "rank": int(wanted.rank)}
    return {**lane, "next_ok": EPOCH, "lease_until": EPOCH, "fence": 0}


def put_missing(connection: Connection, wanted: Put) -> None:
    """The job is there; one that stands already keeps its moment, so nothing overdue is lost."""
    if connection.execute(_STANDS, {"this_key": wanted.key}).first() is None:
        put(connection, wanted)


def drop(connection: Connection, key: str) -> None:
    """The job is gone, leased or not."""
    connection.execute(_DROP, {"this_key": key})


def finish(connection: Connection, job: Job) -> None:
    """The timer is done; one that was put again meanwhile stays and runs again. Raises JobLost when it is not ours."""
    mine = {"this_id": job.id, "this_fence": job.fence}
    if connection.execute(_FINISH, {**mine, "this_gen": job.gen}).rowcount:
        return
    if not connection.execute(_FREE, mine).rowcount:
        raise JobLost(job.key)


_STANDS: Final = select(JOBS.c.id).where(JOBS.c.key == bindparam("this_key"), JOBS.c.set_aside.is_(None))
_DROP: Final = delete(JOBS).where(JOBS.c.key == bindparam("this_key"))
_MINE: Final = (JOBS.c.id == bindparam("this_id")) & (JOBS.c.fence == bindparam("this_fence"))
_FINISH: Final = delete(JOBS).where(_MINE, JOBS.c.gen == bindparam("this_gen"))
_FREE: Final = update(JOBS).where(_MINE).values(lease_until=EPOCH)


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


def waiting_in(connection: Connection, lane: str) -> tuple[Any, int]:
    """When the lane's next delivery is due (None when it is empty), and how urgent its most urgent one is."""
    due, rank = connection.execute(_WAITING, {"this_lane": lane}).one()
    return due, rank if rank is not None else int(Rank.EDIT)


_WAITING: Final = select(func.min(JOBS.c.due), func.min(JOBS.c.rank)).where(
    JOBS.c.lane == bindparam("this_lane"), JOBS.c.set_aside.is_(None)
)
