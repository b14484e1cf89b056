"""What the digest counts."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from bot.domain.events import Kind
from bot.ports import Tally
from storage.sql.chain import EVENTS
from storage.sql.messages import DIGESTS
from storage.sql.moments import micros

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

_COUNTED = (
    Kind.OPENED, Kind.REOPENED, Kind.RESOLVED, Kind.DISMISSED, Kind.RESPONDED, Kind.SLA_MISSED, Kind.ACCEPTED,
    Kind.ESCALATED,
)  # fmt: skip


class SqlTallies:
    """The Tallies port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def between(self, department: str, start: datetime, end: datetime) -> Tally:
        kinds = [kind.value for kind in _COUNTED]
        mine = EVENTS.c.department == department
        happened = select(EVENTS.c.kind, EVENTS.c.at, EVENTS.c.data).where(
            mine, EVENTS.c.at >= start, EVENTS.c.at < end, EVENTS.c.kind.in_(kinds)
        )
        # Who received a case owns its event, so what was given away is found with the receivers.
        given = select(EVENTS.c.data).where(
            EVENTS.c.department.in_(
                [name for name in self._work.store.policy.departments if name != department]
            ),
            EVENTS.c.at >= start,
            EVENTS.c.at < end,
            EVENTS.c.kind == Kind.ACCEPTED.value,
        )
        rows, handed = await self._work.read(
            lambda c: (c.execute(happened).all(), c.execute(given).all()), long=True
        )
        return _tally(department, rows, handed, start, end)

    async def posted(self, channel: str, kind: str, local_date: date) -> bool:
        there = select(DIGESTS.c.kind).filter_by(channel=channel, kind=kind, local_date=local_date)
        return await self._work.read(lambda c: c.execute(there).first() is not None)


def _tally(department: str, rows: Any, handed: Any, start: datetime, end: datetime) -> Tally:
    counts = Counter(row.kind for row in rows)
    data = {id(row): msgspec.json.decode(row.data) if row.data else {} for row in rows}
    answered = [data[id(row)] for row in rows if row.kind in (Kind.RESPONDED, Kind.RESOLVED)]
    first = [said for said in answered if "in_time" in said]
    hours = [0] * max(1, -((micros(start) - micros(end)) // 3_600_000_000))
    for row in rows:
        if row.kind in (Kind.OPENED, Kind.REOPENED):
            hours[(micros(row.at) - micros(start)) // 3_600_000_000] += 1
    return Tally(
        opened=counts[Kind.OPENED] + counts[Kind.REOPENED],
        resolved=counts[Kind.RESOLVED],
        dismissed=counts[Kind.DISMISSED],
        responded=len(first),
        in_time=sum(1 for said in first if said["in_time"]),
        missed=sum(
            1 for row in rows if row.kind == Kind.SLA_MISSED and data[id(row)].get("clock") == "first"
        ),
        handed_in=counts[Kind.ACCEPTED],
        handed_out=sum(
            1
            for row in handed
            if (msgspec.json.decode(row.data) if row.data else {}).get("giver") == department
        ),
        escalations=counts[Kind.ESCALATED],
        by_hour=tuple(hours),
    )
