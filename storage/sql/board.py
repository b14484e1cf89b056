"""What the board counts: two questions, whatever the number of departments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Select, case, cast, func, select, text, true, type_coerce

from bot.domain.events import Kind
from bot.domain.parts import State
from bot.ports.board import Load
from storage.sql.chain import EVENTS
from storage.sql.columns import OPEN
from storage.sql.moments import micros
from storage.sql.tables import CaseRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
_HOUR: Final = timedelta(hours=1)
_BEGINNINGS: Final = (Kind.OPENED.value, Kind.REOPENED.value)
_BEFORE_NUMBER: Final = len("case:")

# Events know their case by the subject, `case:1042`.
_CASE: Final = CASES.c.id == cast(func.substr(EVENTS.c.subject, _BEFORE_NUMBER + 1), BigInteger)


class SqlBoard:
    """The Board port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def loads(
        self, departments: Sequence[str], communities: Collection[str] | None, now: datetime
    ) -> Mapping[str, Load]:
        free = CASES.c.state == State.OPEN.value
        of = CASES.c.department
        # As it stands in the index that holds all of this, which is walked once, department by department.
        counts = select(
            of,
            func.sum(case((free, 1), else_=0)),
            func.count(),
            func.sum(case((CASES.c.due <= now, 1), else_=0)),
            func.min(case((free, CASES.c.opened_at))),
        ).where(text(OPEN))
        alarms = select(CASES.c.department, func.count()).where(
            CASES.c.escalating == true(), CASES.c.department.in_(departments)
        )
        offers = select(CASES.c.offered_to, func.count()).where(CASES.c.offered_to.in_(departments))
        counted = _within(counts, communities).group_by(of)
        asked = _within(offers, communities).group_by(CASES.c.offered_to)
        ringing = _within(alarms, communities).group_by(CASES.c.department)
        rows, escalated, offered = await self._work.read(
            lambda c: [c.execute(each).all() for each in (counted, ringing, asked)], long=True
        )
        loads = {
            name: Load(unclaimed=free, claimed=all_ - free, late=late, oldest=oldest)
            for name, free, all_, late, oldest in rows
            if name in departments
        }
        for name, count in escalated:
            loads[name] = replace(loads.get(name, Load()), escalated=count)
        for name, count in offered:
            loads[name] = replace(loads.get(name, Load()), offered=count)
        return loads

    async def arrivals(
        self, departments: Sequence[str], communities: Collection[str] | None, start: datetime, end: datetime
    ) -> Mapping[str, Sequence[int]]:
        # Whole microseconds, which every database divides alike.
        hour = (type_coerce(EVENTS.c.at, BigInteger) - micros(start)) // (_HOUR // timedelta(microseconds=1))
        counted = select(EVENTS.c.department, hour.label("hour"), func.count()).where(
            EVENTS.c.department.in_(departments),
            EVENTS.c.at >= start,
            EVENTS.c.at < end,
            EVENTS.c.kind.in_(_BEGINNINGS),
        )
        if communities is not None:
            counted = _within(counted.join(CASES, _CASE), communities)
        rows = await self._work.read(
            lambda c: c.execute(counted.group_by(EVENTS.c.department, "hour")).all(), long=True
        )
        found: dict[str, list[int]] = {}
        for department, number, count in rows:
            found.setdefault(department, [0] * max(1, -((start - end) // _HOUR)))[number] = count
        return found


def _within(query: Select[Any], communities: Collection[str] | None) -> Select[Any]:
    return query if communities is None else query.where(CASES.c.community.in_(tuple(communities)))
