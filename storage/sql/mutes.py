"""What people do not want to be told, as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from bot.domain.digests.mute import Mute, Told
from bot.domain.people import PersonId
from storage.sql.puts import insert_into
from storage.sql.tables_mutes import MuteRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

MUTES: Any = MuteRow.__table__  # type: ignore[attr-defined]
_KINDS: Final = frozenset(Told)


class SqlMutes:
    """The Mutes port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def of(self, person: PersonId) -> frozenset[Mute]:
        rows = await self._work.read(lambda c: c.execute(_OF, {"this_person": person}).all())
        # What an older or newer release muted and this one does not know is nothing to it.
        return frozenset(
            Mute(what=Told(row.what), department=row.department) for row in rows if row.what in _KINDS
        )

    async def mute(self, person: PersonId, mutes: Collection[Mute], at: datetime) -> None:
        rows = [{"person": person, "what": m.what.value, "department": m.department, "at": at} for m in mutes]
        if rows:
            self._work.write(partial(_add, rows=rows))

    async def unmute(self, person: PersonId, mutes: Collection[Mute]) -> None:
        rows = [
            {"this_person": person, "this_what": m.what.value, "this_department": m.department} for m in mutes
        ]
        if rows:
            self._work.write(lambda c: c.execute(_REMOVE, rows))


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    new = insert_into(connection, MUTES)
    connection.execute(new.on_conflict_do_nothing(index_elements=["person", "what", "department"]), rows)


_OF: Final = select(MUTES.c.what, MUTES.c.department).where(MUTES.c.person == bindparam("this_person"))
_REMOVE: Final = delete(MUTES).where(
    MUTES.c.person == bindparam("this_person"),
    MUTES.c.what == bindparam("this_what"),
    MUTES.c.department == bindparam("this_department"),
)
