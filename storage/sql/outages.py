"""The times in which the desk did not work, and what they left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.domain.alarms.outage import OUTAGE, Backlog, Outage
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.effects import CLOCKS
from bot.ports import Meanwhile
from storage.sql.cases import CASES, MENTIONS
from storage.sql.chain import EVENTS
from storage.sql.puts import JOBS, insert_into
from storage.sql.tables_outages import BacklogRow, OutageRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

OUTAGES: Any = OutageRow.__table__  # type: ignore[attr-defined]
BACKLOGS: Any = BacklogRow.__table__  # type: ignore[attr-defined]

OLDEST_NEW: Final = select(func.min(MENTIONS.c.id)).where(
    MENTIONS.c.case_id.is_(None), MENTIONS.c.set_aside.is_(None)
)
_NEWEST: Final = select(OUTAGES).order_by(OUTAGES.c.id.desc()).limit(1)
_ONE: Final = select(OUTAGES).where(OUTAGES.c.id == bindparam("this_id"))
_BETWEEN: Final = (
    select(OUTAGES)
    .where(OUTAGES.c.until > bindparam("start"), OUTAGES.c.since < bindparam("end"))
    .order_by(OUTAGES.c.id)
)


def newest(connection: Connection) -> Outage | None:
    row = connection.execute(_NEWEST).first()
    return _outage(row) if row else None


def one(connection: Connection, number: int) -> Outage | None:
    row = connection.execute(_ONE, {"this_id": number}).first()
    return _outage(row) if row else None


def _outage(row: Any) -> Outage:
    return Outage(
        id=row.id, since=row.since, until=row.until, stopped=row.stopped, caught_up_at=row.caught_up_at
    )


class SqlOutages:
    """The Outages port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def get(self, outage_id: int) -> Outage | None:
        return await self._work.read(lambda c: one(c, outage_id))

    async def last(self) -> Outage | None:
        return await self._work.read(newest)

    async def between(self, start: datetime, end: datetime) -> Sequence[Outage]:
        within = {"start": start, "end": end}
        return [_outage(row) for row in await self._work.read(lambda c: c.execute(_BETWEEN, within).all())]

    async def waiting(self, outage: Outage, now: datetime) -> bool:
        moments = {"until": outage.until, "now": now}

        def read(connection: Connection) -> bool:
            unfiled = connection.execute(OLDEST_NEW).scalar() is not None
            return unfiled or connection.execute(_OVERDUE, moments).first() is not None

        return await self._work.read(read)

    async def meanwhile(self, outage: Outage, departments: Sequence[str]) -> Mapping[str, Meanwhile]:
        def read(connection: Connection) -> Mapping[str, Meanwhile]:
            posts = _posts(connection, outage)
            return {name: _meanwhile(connection, outage, name, posts.get(name, 0)) for name in departments}

        return await self._work.read(read, long=True)

    async def paged(self, outage: Outage, person: PersonId, start: datetime, end: datetime) -> Sequence[int]:
        within = {"start": start, "end": end, "kind": Kind.PAGED.value}
        departments = list(self._work.store.policy.departments)
        which = _PAGED.where(EVENTS.c.department.in_(departments))
        rows = await self._work.read(lambda c: c.execute(which, within).all(), long=True)
        said = [(row.subject, msgspec.json.decode(row.data)) for row in rows if row.data]
        mine = [s for s, data in said if data.get("person") == person and data.get(OUTAGE) == outage.id]
        return [int(subject.removeprefix("case:")) for subject in dict.fromkeys(mine)]

    async def caught_up(self, outage: Outage, at: datetime) -> None:
        done = update(OUTAGES).where(OUTAGES.c.id == outage.id).values(caught_up_at=at)
        self._work.write(lambda c: c.execute(done))

    async def tell(self, outage: Outage, whom: str, backlog: Backlog) -> None:
        row = {"outage_id": outage.id, "whom": whom, "body": msgspec.json.encode(backlog).decode()}

        def write(connection: Connection) -> None:
            new = insert_into(connection, BACKLOGS).values(**row)
            connection.execute(new.on_conflict_do_nothing())

        self._work.write(write)

    async def told(self, outage_id: int, whom: str) -> Backlog | None:
        of = select(BACKLOGS.c.body).where(BACKLOGS.c.outage_id == outage_id, BACKLOGS.c.whom == whom)
        body = await self._work.read(lambda c: c.execute(of).scalar())
        return msgspec.json.decode(body, type=Backlog) if body is not None else None


_IDLE: Final = JOBS.c.lane.is_(None) & JOBS.c.set_aside.is_(None)
_OVERDUE: Final = (
    select(JOBS.c.id)
    .where(
        _IDLE,
        JOBS.c.kind.in_(list(CLOCKS)),
        or_(
            JOBS.c.due <= bindparam("until"),
            # An escalation that what waited has begun pages at once.
            (JOBS.c.kind == "climb") & (JOBS.c.due <= bindparam("now")),
        ),
    )
    .limit(1)
)
_PAGED: Final = (
    select(EVENTS.c.subject, EVENTS.c.data)
    .where(
        EVENTS.c.at >= bindparam("start"), EVENTS.c.at < bindparam("end"), EVENTS.c.kind == bindparam("kind")
    )
    .order_by(EVENTS.c.id)
)
_COUNTED: Final = (Kind.SLA_MISSED.value, Kind.PROLONGED.value, Kind.WOKEN.value)


def _posts(connection: Connection, outage: Outage) -> dict[str, int]:
    """How many posts came meanwhile, by the department that has them now."""
    first = select(OUTAGES.c.first_mention).where(OUTAGES.c.id == outage.id).scalar_subquery()
    came = (
        select(CASES.c.department, func.count())
        .join(MENTIONS, MENTIONS.c.case_id == CASES.c.id)
        .where(
            MENTIONS.c.id >= first,
            MENTIONS.c.created_at <= outage.until,
            or_(MENTIONS.c.created_at >= outage.since, MENTIONS.c.received_at <= outage.until),
        )
        .group_by(CASES.c.department)
    )
    return {department: int(number) for department, number in connection.execute(came)}


def _meanwhile(connection: Connection, outage: Outage, department: str, posts: int) -> Meanwhile:
    happened = select(EVENTS.c.kind, EVENTS.c.data).where(
        EVENTS.c.department == department, EVENTS.c.at >= outage.until, EVENTS.c.kind.in_(_COUNTED)
    )
    rows = connection.execute(happened).all()
    ours = Counter(row.kind for row in rows if row.data and msgspec.json.decode(row.data).get(OUTAGE))
    return Meanwhile(
        posts=posts,
        missed=ours[Kind.SLA_MISSED],
        prolonged=ours[Kind.PROLONGED],
        woken=ours[Kind.WOKEN],
    )
