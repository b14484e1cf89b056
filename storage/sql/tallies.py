"""What the digest counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from bot.domain.alarms.outage import OUTAGE
from bot.domain.events import Kind
from bot.ports import Tally
from storage.sql.chain import EVENTS
from storage.sql.messages import DIGESTS
from storage.sql.moments import micros

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

COUNTED = (
    Kind.OPENED, Kind.REOPENED, Kind.RESOLVED, Kind.DISMISSED, Kind.RESPONDED, Kind.SLA_MISSED, Kind.ACCEPTED,
    Kind.ESCALATED, Kind.MERGED_INTO, Kind.SEPARATED,
)  # fmt: skip


class SqlTallies:
    """The Tallies port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def between(self, department: str, start: datetime, end: datetime) -> Tally:
        kinds = [kind.value for kind in COUNTED]
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
        return tally(department, rows, handed, start, end)

    async def posted(self, channel: str, kind: str, local_date: date) -> bool:
        there = select(DIGESTS.c.kind).filter_by(channel=channel, kind=kind, local_date=local_date)
        return await self._work.read(lambda c: c.execute(there).first() is not None)


def tally(department: str, rows: Any, handed: Any, start: datetime, end: datetime) -> Tally:
    counts = Counter(row.kind for row in rows)
    data = {id(row): msgspec.json.decode(row.data) if row.data else {} for row in rows}
    answered = [data[id(row)] for row in rows if row.kind in (Kind.RESPONDED, Kind.RESOLVED)]
    first = [said for said in answered if "in_time" in said]
    missed = [
        data[id(row)] for row in rows if row.kind == Kind.SLA_MISSED and data[id(row)].get("clock") == "first"
    ]
    hours = [0] * max(1, -((micros(start) - micros(end)) // 3_600_000_000))
    for row in rows:
        if row.kind in (Kind.OPENED, Kind.REOPENED):
            hours[(micros(row.at) - micros(start)) // 3_600_000_000] += 1
    gathered = _gathered(rows, data, start, end)
    for at in gathered:
        hours[(micros(at) - micros(start)) // 3_600_000_000] -= 1
    return Tally(
        opened=counts[Kind.OPENED] + counts[Kind.REOPENED] - len(gathered),
        resolved=counts[Kind.RESOLVED],
        dismissed=counts[Kind.DISMISSED],
        responded=len(first),
        in_time=sum(1 for said in first if said["in_time"]),
        missed=sum(1 for said in missed if not said.get(OUTAGE)),
        missed_in_outage=sum(1 for said in missed if said.get(OUTAGE)),
        handed_in=counts[Kind.ACCEPTED],
        handed_out=sum(
            1
            for row in handed
            if (msgspec.json.decode(row.data) if row.data else {}).get("giver") == department
        ),
        escalations=counts[Kind.ESCALATED],
        by_hour=tuple(hours),
    )


def _gathered(rows: Any, data: Mapping[int, Any], start: datetime, end: datetime) -> list[datetime]:
    """When those cases were opened, within the time told of, that others answer for since: they count once."""
    moments: list[datetime] = []
    for row in sorted(rows, key=lambda row: row.at):
        said = data[id(row)].get("opened") if row.kind in (Kind.MERGED_INTO, Kind.SEPARATED) else None
        opened = datetime.fromisoformat(said) if said else None
        if opened is None or not start <= opened < end:
            continue
        if row.kind == Kind.MERGED_INTO:
            moments.append(opened)
        elif opened in moments:
            moments.remove(opened)
    return moments
