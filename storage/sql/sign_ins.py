"""Who is signed in to the web chat, and the one-time links that lead there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from bot.domain.people import PersonId
from bot.ports import LINK_LIVES, Clock, Session
from storage.sql.puts import insert_into
from storage.sql.reader import Reader
from storage.sql.tables_signin import SignInLinkRow, WebSessionRow
from storage.sql.writer import Write, Writer

LINKS: Any = SignInLinkRow.__table__  # type: ignore[attr-defined]
SESSIONS: Any = WebSessionRow.__table__  # type: ignore[attr-defined]

MOST: Final = 20
"""Sessions that one person may have: enough for every device, and a bound for whoever signs in in a loop."""


class SqlLinks:
    """The Links port: offers leave with the work."""

    def __init__(self, write: Callable[[Write], None], clock: Clock) -> None:
        self._write, self._clock = write, clock

    def offer(self, person: PersonId, digest: str) -> None:
        self._write(_offered(person, digest, self._clock))


class SqlSignIns:
    """The SignIns port."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    async def offer(self, person: PersonId, digest: str) -> None:
        await self._writer.submit([_offered(person, digest, self._clock)])

    async def use(self, link: str, session: str, longest: timedelta) -> PersonId | None:
        now = self._clock.real()

        def write(connection: Connection) -> PersonId | None:
            # One statement finds the link and ends it, so that of many who try at once one succeeds.
            person = connection.execute(_USE, {"this_digest": link, "now": now}).scalar()
            if person is None:
                return None
            _begun(connection, _row(person, session, now, longest))
            return PersonId(person)

        (person,) = await self._writer.submit([write])
        found: PersonId | None = person
        return found

    async def begin(self, person: PersonId, session: str, longest: timedelta) -> None:
        row = _row(person, session, self._clock.real(), longest)
        await self._writer.submit([lambda c: _begun(c, row)])

    async def find(self, session: str, idle: timedelta) -> Session | None:
        now = self._clock.real()
        on = {"this_digest": session, "now": now, "unused": now - idle}
        row = await self._reader.once(lambda c: c.execute(_FIND, on).first())
        if row is None:
            return None
        return Session(
            digest=row.digest, person=PersonId(row.person), began_at=row.began_at, seen_at=row.seen_at
        )

    async def seen(self, session: str) -> None:
        on = {"this_digest": session, "now": self._clock.real()}
        await self._writer.submit([lambda c: c.execute(_SEEN, on)])

    async def end(self, session: str) -> None:
        await self._writer.submit([lambda c: c.execute(_END, {"this_digest": session})])

    async def end_all(self, person: PersonId) -> int:
        one = {"this_person": person}

        def write(connection: Connection) -> int:
            connection.execute(_UNOFFER, one)
            return connection.execute(_END_ALL, one).rowcount

        (count,) = await self._writer.submit([write])
        return int(count)

    async def sweep(self, idle: timedelta) -> None:
        now = self._clock.real()

        def write(connection: Connection) -> None:
            connection.execute(_SWEEP_LINKS, {"now": now})
            connection.execute(_SWEEP, {"now": now, "unused": now - idle})

        await self._writer.submit([write])


def _offered(person: PersonId, digest: str, clock: Clock) -> Write:
    said = {"digest": digest, "ends_at": clock.real() + LINK_LIVES}

    def write(connection: Connection) -> None:
        new = insert_into(connection, LINKS).values(person=person, **said)
        connection.execute(new.on_conflict_do_update(index_elements=["person"], set_=said))

    return write


def _row(person: str, session: str, now: Any, longest: timedelta) -> dict[str, Any]:
    return {"digest": session, "person": person, "began_at": now, "seen_at": now, "ends_at": now + longest}


def _begun(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_BEGIN, row)
    connection.execute(_TOO_MANY, {"this_person": row["person"]})


_IS_THIS: Final = SESSIONS.c.digest == bindparam("this_digest")
_OVER: Final = or_(SESSIONS.c.ends_at <= bindparam("now"), SESSIONS.c.seen_at <= bindparam("unused"))
_USE: Final = (
    delete(LINKS)
    .where(LINKS.c.digest == bindparam("this_digest"), LINKS.c.ends_at > bindparam("now"))
    .returning(LINKS.c.person)
)
_UNOFFER: Final = delete(LINKS).where(LINKS.c.person == bindparam("this_person"))
_BEGIN: Final = insert(SESSIONS)
_FIND: Final = select(SESSIONS).where(
    and_(_IS_THIS, SESSIONS.c.ends_at > bindparam("now"), SESSIONS.c.seen_at > bindparam("unused"))
)
_SEEN: Final = update(SESSIONS).where(_IS_THIS).values(seen_at=bindparam("now"))
_END: Final = delete(SESSIONS).where(_IS_THIS)
_END_ALL: Final = delete(SESSIONS).where(SESSIONS.c.person == bindparam("this_person"))
_NEWEST: Final = (
    select(SESSIONS.c.digest)
    .where(SESSIONS.c.person == bindparam("this_person"))
    .order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.digest)
    .limit(MOST)
)
_TOO_MANY: Final = delete(SESSIONS).where(
    SESSIONS.c.person == bindparam("this_person"), SESSIONS.c.digest.not_in(_NEWEST)
)
_SWEEP_LINKS: Final = delete(LINKS).where(LINKS.c.ends_at <= bindparam("now"))
_SWEEP: Final = delete(SESSIONS).where(_OVER)
