"""Absences: one row a person, and every change of it an event in that person's own chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from bot.domain.events import Datum, Kind
from bot.domain.people import PersonId
from bot.domain.shifts.absence import Absence
from storage.sql.audit import record
from storage.sql.puts import insert_into
from storage.sql.tables_shifts import AbsenceRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

ABSENCES: Any = AbsenceRow.__table__  # type: ignore[attr-defined]


class SqlAbsences:
    """The Absences port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def everyone(self) -> Sequence[Absence]:
        return await self._work.read(everyone)

    async def keep(self, absence: Absence, kind: Kind, *, by: PersonId, at: datetime) -> None:
        said: dict[str, Datum] = {"person": absence.person, "cover": absence.cover}
        said["until"] = absence.until.isoformat() if absence.until else None
        row = {
            "since": absence.since,
            "said_by": absence.by,
            "until": absence.until,
            "cover": absence.cover,
            "cover_until": absence.cover_until,
        }

        def write(connection: Connection) -> None:
            new = insert_into(connection, ABSENCES).values(person=absence.person, **row)
            connection.execute(new.on_conflict_do_update(index_elements=["person"], set_=row))

        self._work.write(write)
        self._record(absence.person, kind, by, at, said)

    async def end(self, person: PersonId, *, by: PersonId, at: datetime) -> None:
        self._work.write(partial(_end, person=person))
        self._record(person, Kind.BACK, by, at, {"person": person})

    def _record(
        self, person: PersonId, kind: Kind, by: PersonId, at: datetime, said: dict[str, Datum]
    ) -> None:
        place, subject = self._work.origin.place, subject_of(person)
        self._work.write(lambda c: record(c, kind, by=by, at=at, subject=subject, place=place, **said))


def subject_of(person: PersonId) -> str:
    """The chain of what was said about this person."""
    return f"person:{person}"


def everyone(connection: Connection) -> Sequence[Absence]:
    """Every absence that was said and not ended, whether it holds yet, or still, or not."""
    return [
        Absence(
            person=PersonId(row.person),
            since=row.since,
            by=PersonId(row.said_by),
            until=row.until,
            cover=PersonId(row.cover) if row.cover else None,
            cover_until=row.cover_until,
        )
        for row in connection.execute(_ALL)
    ]


def _end(connection: Connection, person: PersonId) -> None:
    connection.execute(_END, {"this_person": person})


_ALL: Final = select(ABSENCES)
_END: Final = delete(ABSENCES).where(ABSENCES.c.person == bindparam("this_person"))
