"""In which order rows are locked, so that replicas which write the same rows wait for one another and never cross.

A batch holds what it wrote until its commit. Two batches that take the same rows in different orders would each wait
for the other; PostgreSQL notices after a second and undoes one of them. So every batch locks the rows that many units
share before it begins, cases first, then lanes, each in their order; and what changes the web chat comes last. What
crosses all the same is applied once more by the writer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage.sql.tables import CaseRow, LaneRow

_CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
_LANES: Any = LaneRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that a unit is going to change and others change as well."""

    cases: tuple[int, ...] = ()
    lanes: tuple[str, ...] = ()


NONE: Final = Rows()


def lock(connection: Connection, wanted: Iterable[Rows]) -> None:
    """Locks all of them until the transaction ends. A SQLite file has one writer at a time and needs nothing."""
    if connection.dialect.name != "postgresql":
        return
    every = list(wanted)
    cases = sorted({case for rows in every for case in rows.cases})
    lanes = sorted({lane for rows in every for lane in rows.lanes})
    if cases:
        connection.execute(_LOCK_CASES, {"these": cases})
    if lanes:
        connection.execute(_LOCK_LANES, {"these": lanes})


def take_turns(connection: Connection) -> None:
    """Numbers of changes in the web chat become visible in their order: who looks after number 7 must never find 6
    later."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def stand_still(connection: Connection, *, alone: bool) -> None:
    """Who freezes waits for those who publish, and they for it: what is published was not frozen when it was."""
    if connection.dialect.name == "postgresql":
        kind = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(kind(_STILL)))


_STILL: Final = 0x73746F70
"""The advisory lock of freezes: "stop" in ASCII."""
_TURN: Final = 0x776562
"""The advisory lock of changes in the web chat: "web" in ASCII."""

_LOCK_CASES: Final = (
    select(_CASES.c.id)
    .where(_CASES.c.id == func.any(bindparam("these", type_=ARRAY(BigInteger))))
    .order_by(_CASES.c.id)
    .with_for_update()
)
_LOCK_LANES: Final = (
    select(_LANES.c.lane)
    .where(_LANES.c.lane == func.any(bindparam("these", type_=ARRAY(Text))))
    .order_by(_LANES.c.lane)
    .with_for_update()
)
