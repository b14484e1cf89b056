"""Posts that lead, within a unit of work: what finds near-copies again after a restart and beside other replicas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, case, delete, select

from bot.ports import Lead
from storage.sql.cases import MENTIONS
from storage.sql.puts import insert_into
from storage.sql.tables_surges import LeadRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

LEADS: Any = LeadRow.__table__  # type: ignore[attr-defined]


class SqlLeads:
    """The Leads port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def since(self, community: str, changed_at: datetime, limit: int) -> Sequence[Lead]:
        wanted = {"this_community": community, "changed": changed_at, "most": limit}
        rows = await self._work.read(lambda c: c.execute(_SINCE, wanted).all(), long=True)
        return [Lead(**row._mapping) for row in reversed(rows)]

    async def keep(self, lead: Lead) -> None:
        row = asdict(lead)
        del row["text"]

        def write(connection: Connection) -> None:
            new = insert_into(connection, LEADS).values(**row)
            said = new.excluded
            # Two that were joined at one moment: whichever commits last, the window ends with the later copy.
            later = case((LEADS.c.last_at > said.last_at, LEADS.c.last_at), else_=said.last_at)
            changed = {"last_at": later, "changed_at": said.changed_at}
            connection.execute(new.on_conflict_do_update(index_elements=["mention"], set_=changed))

        self._work.write(write)

    async def forget(self, community: str, before: datetime) -> None:
        of = {"this_community": community, "before": before}
        self._work.write(lambda c: c.execute(_FORGET, of))


_SINCE: Final = (
    select(LEADS, MENTIONS.c.text)
    .join(MENTIONS, MENTIONS.c.id == LEADS.c.mention)
    .where(LEADS.c.community == bindparam("this_community"), LEADS.c.changed_at >= bindparam("changed"))
    .order_by(LEADS.c.changed_at.desc(), LEADS.c.mention.desc())
    .limit(bindparam("most"))
)
_FORGET: Final = delete(LEADS).where(
    LEADS.c.community == bindparam("this_community"), LEADS.c.changed_at < bindparam("before")
)
