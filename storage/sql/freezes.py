"""What may not be published now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.domain.alarms.freeze import Freeze, case_in, community_in, scopes_of
from bot.domain.alarms.freeze_refusals import Frozen
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.ports import Stale
from storage.sql import audit
from storage.sql.cases import CASES
from storage.sql.codec import decode_case
from storage.sql.columns import OPEN
from storage.sql.tables_freezes import FreezeRow
from storage.sql.turns import stand_still

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

FREEZES: Any = FreezeRow.__table__  # type: ignore[attr-defined]
SUBJECT: Final = "freeze:{scope}"
"""The hash chain of what was frozen and thawed beyond one case."""


class SqlFreezes:
    """The Freezes port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def standing(self, case: Case) -> Freeze | None:
        return await self._work.read(partial(_standing, case=case))

    async def must_be_thawed(self, case: Case) -> None:
        freeze = await self.standing(case)
        if freeze is not None:
            raise Frozen(case.id, freeze)
        self._work.write(partial(_still_thawed, case=case))

    async def of(self, scope: str) -> Freeze | None:
        row = await self._work.read(lambda c: c.execute(_ONE, {"this_scope": scope}).first())
        return _as_freeze(row) if row is not None else None

    async def every(self) -> Sequence[Freeze]:
        rows = await self._work.read(lambda c: c.execute(_EVERY).all())
        return [_as_freeze(row) for row in rows]

    async def freeze(self, freeze: Freeze) -> None:
        self._work.write(partial(_freeze, freeze=freeze))
        self._record(Kind.FROZEN, freeze.scope, by=freeze.by, at=freeze.at, why=freeze.why)

    async def thaw(self, freeze: Freeze, *, by: PersonId, at: datetime, why: str) -> None:
        self._work.write(partial(_thaw, freeze=freeze))
        self._record(Kind.THAWED, freeze.scope, by=by, at=at, why=why)

    async def concerned(self, scope: str, *, after: int, limit: int) -> Sequence[Case]:
        wanted = select(CASES.c.body).where(text(OPEN), CASES.c.id > after)
        number, community = case_in(scope), community_in(scope)
        if number is not None:
            wanted = wanted.where(CASES.c.id == number)
        elif community is not None:
            wanted = wanted.where(CASES.c.community == community)
        wanted = wanted.order_by(CASES.c.id).limit(limit)
        rows = await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        return [decode_case(row.body) for row in rows]

    def _record(self, kind: Kind, scope: str, *, by: PersonId, at: datetime, why: str) -> None:
        # What is frozen or thawed for one case stands in that case's own history.
        if case_in(scope) is None:
            subject, place = SUBJECT.format(scope=scope), self._work.origin.place
            self._work.write(
                lambda c: audit.record(
                    c, kind, by=by, at=at, subject=subject, place=place, scope=scope, why=why
                )
            )


def _standing(connection: Connection, case: Case) -> Freeze | None:
    scopes = scopes_of(case)
    rows = {row.scope: row for row in connection.execute(_SOME, {"scopes": scopes})}
    return next((_as_freeze(rows[scope]) for scope in scopes if scope in rows), None)


def _still_thawed(connection: Connection, case: Case) -> None:
    stand_still(connection, alone=False)
    if _standing(connection, case) is not None:
        raise Stale(f"case {case.id} was frozen")


def _freeze(connection: Connection, freeze: Freeze) -> None:
    row = {"scope": freeze.scope, "by": freeze.by, "at": freeze.at, "why": freeze.why}
    stand_still(connection, alone=True)
    try:
        connection.execute(_ADD, row)
    except IntegrityError as error:
        raise Stale(freeze.scope) from error


def _thaw(connection: Connection, freeze: Freeze) -> None:
    if not connection.execute(_REMOVE, {"this_scope": freeze.scope, "this_at": freeze.at}).rowcount:
        raise Stale(freeze.scope)


def _as_freeze(row: Any) -> Freeze:
    return Freeze(scope=row.scope, by=PersonId(row.by), at=row.at, why=row.why)


_ONE: Final = select(FREEZES).where(FREEZES.c.scope == bindparam("this_scope"))
_SOME: Final = select(FREEZES).where(FREEZES.c.scope.in_(bindparam("scopes", expanding=True)))
_EVERY: Final = select(FREEZES).order_by(FREEZES.c.at, FREEZES.c.scope)
_ADD: Final = insert(FREEZES)
_REMOVE: Final = delete(FREEZES).where(
    FREEZES.c.scope == bindparam("this_scope"), FREEZES.c.at == bindparam("this_at")
)
