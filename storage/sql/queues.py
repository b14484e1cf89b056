"""What waits in each department, counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, text, union_all

from bot.domain.parts import State
from bot.ports import Queue
from storage.sql.columns import OPEN
from storage.sql.inbox import CASES


def queues_of(
    connection: Connection, departments: Sequence[str], communities: Sequence[str] | None, most: int
) -> Mapping[str, Queue]:
    """Each department's queue, counted up to `most`; one without cases is missing."""
    if not departments:
        return {}
    rows = connection.execute(union_all(*(_queue(each, communities, most) for each in departments)))
    return {
        row.department: Queue(unclaimed=row.unclaimed, claimed=row.claimed, oldest=row.oldest)
        for row in rows
        if row.unclaimed or row.claimed
    }


def _queue(department: str, communities: Sequence[str] | None, most: int) -> Select[Any]:
    def of(column: Any, state: State) -> Select[Any]:
        found = select(column).where(
            text(OPEN), CASES.c.department == department, CASES.c.state == state.value
        )
        return found if communities is None else found.where(CASES.c.community.in_(communities))

    def count(state: State) -> Any:
        some = of(CASES.c.department, state).limit(most).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    oldest = of(CASES.c.opened_at, State.OPEN).order_by(CASES.c.opened_at).limit(1)
    return select(
        literal(department).label("department"),
        count(State.OPEN).label("unclaimed"),
        count(State.CLAIMED).label("claimed"),
        oldest.scalar_subquery().label("oldest"),
    )
