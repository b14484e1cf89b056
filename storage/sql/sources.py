"""What is kept of sources: who listens, where to go on, how they are. Times are real time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from bot.ports import (
    Appended,
    Batch,
    Clock,
    Incoming,
    Removed,
    SourceHold,
    SourceLost,
    SourceReport,
    SourceState,
)
from bot.ports.sources import Telling, nobody
from storage.sql.completing import append_completed
from storage.sql.intake import append_rows, rows_of
from storage.sql.moments import EPOCH
from storage.sql.puts import insert_into, put
from storage.sql.reader import Reader
from storage.sql.removed import append_removed
from storage.sql.tables_sources import SourceRow
from storage.sql.writer import Writer

SOURCES: Any = SourceRow.__table__  # type: ignore[attr-defined]


class SqlSourceBook:
    """The SourceBook port."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock, wake: Callable[[], None]) -> None:
        self._reader, self._writer, self._clock, self._wake = reader, writer, clock, wake

    async def take(self, name: str, lease: timedelta) -> SourceHold | None:
        now = self._clock.real()

        def write(connection: Connection) -> SourceHold | None:
            connection.execute(
                insert_into(connection, SOURCES).values(**_new(name, now)).on_conflict_do_nothing()
            )
            row = connection.execute(_TAKE, {"this_name": name, "now": now, "until": now + lease}).first()
            return SourceHold(name=name, fence=row.fence, cursor=row.cursor) if row else None

        (hold,) = await self._writer.submit([write])
        taken: SourceHold | None = hold
        return taken

    async def renew(self, hold: SourceHold, lease: timedelta) -> bool:
        on = {"this_name": hold.name, "this_fence": hold.fence, "until": self._clock.real() + lease}
        (kept,) = await self._writer.submit([lambda c: bool(c.execute(_RENEW, on).rowcount)])
        return bool(kept)

    async def release(self, hold: SourceHold) -> None:
        on = {"this_name": hold.name, "this_fence": hold.fence, "until": EPOCH}
        await self._writer.submit([lambda c: c.execute(_RENEW, on)])

    async def append(self, hold: SourceHold, batch: Batch) -> Appended:
        now, real = self._clock.now(), self._clock.real()
        rows = rows_of(batch.mentions, now)
        on = {"this_name": hold.name, "this_fence": hold.fence}
        moved = {"cursor": batch.cursor} if batch.cursor is not None else {}
        mark = _MINE.values(fence=hold.fence, **moved)
        heard = _MINE.values(heard_at=real)

        def write(connection: Connection) -> int:
            if not connection.execute(mark, on).rowcount:
                raise SourceLost(hold.name)
            accepted = append_rows(connection, now, rows)
            gone = append_removed(connection, batch.removed, now)
            if rows or gone:
                connection.execute(heard, on)
            return accepted

        (accepted,) = await self._writer.submit([write], weight=max(1, len(rows)))
        self._wake()
        return Appended(accepted=accepted, duplicates=len(rows) - accepted)

    async def remove(self, removed: Sequence[Removed]) -> int:
        now = self._clock.now()
        (known,) = await self._writer.submit([lambda c: append_removed(c, removed, now)])
        self._wake()
        return int(known)

    async def complete(self, mentions: Sequence[Incoming]) -> int:
        now = self._clock.now()
        (known,) = await self._writer.submit([lambda c: append_completed(c, mentions, now)])
        self._wake()
        return int(known)

    async def heard(self, name: str) -> None:
        now = self._clock.real()

        def write(connection: Connection) -> None:
            connection.execute(
                insert_into(connection, SOURCES).values(**_new(name, now)).on_conflict_do_nothing()
            )
            connection.execute(update(SOURCES).where(SOURCES.c.name == name).values(heard_at=now))

        await self._writer.submit([write])

    async def say(
        self, name: str, state: SourceState, said: str = "", *, telling: Telling = nobody
    ) -> SourceReport | None:
        now = self._clock.real()

        def write(connection: Connection) -> SourceReport | None:
            connection.execute(
                insert_into(connection, SOURCES).values(**_new(name, now)).on_conflict_do_nothing()
            )
            before = connection.execute(_ONE, {"this_name": name}).one()
            if (before.state, before.said) == (state, said):
                return None
            if (before.state, state) == (SourceState.SHUT, SourceState.DOWN):
                # Whoever was told that a person must mend it is told when it is well again.
                return None
            news = {"state": state.value, "said": said}
            since = {} if before.state == state else {"since": now}
            connection.execute(update(SOURCES).where(SOURCES.c.name == name).values(**news, **since))
            was = _report(before)
            # In this very commit: a crash can neither swallow the news nor tell them twice.
            for each in telling(was):
                put(connection, each)
            return was

        (changed,) = await self._writer.submit([write])
        was: SourceReport | None = changed
        if was is not None:
            self._wake()
        return was

    async def reports(self) -> Mapping[str, SourceReport]:
        rows = await self._reader.once(lambda c: c.execute(select(SOURCES)).all())
        return {row.name: _report(row) for row in rows}


def _new(name: str, now: Any) -> dict[str, Any]:
    return {
        "name": name,
        "cursor": None,
        "fence": 0,
        "lease_until": EPOCH,
        "state": SourceState.NEW.value,
        "since": now,
        "said": "",
        "heard_at": None,
    }


def _report(row: Any) -> SourceReport:
    return SourceReport(
        name=row.name,
        state=SourceState(row.state),
        since=row.since,
        said=row.said,
        heard_at=row.heard_at,
        cursor=row.cursor,
    )


_THIS: Final = SOURCES.c.name == bindparam("this_name")
_ONE: Final = select(SOURCES).where(_THIS)
_TAKE: Final = (
    update(SOURCES)
    .where(_THIS, SOURCES.c.lease_until <= bindparam("now"))
    .values(fence=SOURCES.c.fence + 1, lease_until=bindparam("until"))
    .returning(SOURCES.c.fence, SOURCES.c.cursor)
)
_MINE: Final = update(SOURCES).where(_THIS, SOURCES.c.fence == bindparam("this_fence"))
_RENEW: Final = _MINE.values(lease_until=bindparam("until"))
