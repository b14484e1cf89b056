"""The pulse of the desk: any of its processes says that it works, and the next one notices when none did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from bot.domain.alarms.outage import Outage
from bot.ports import Clock, Put
from storage.sql.cases import MENTIONS
from storage.sql.outages import OLDEST_NEW, OUTAGES, newest, one
from storage.sql.puts import insert_into, put
from storage.sql.reader import Reader
from storage.sql.tables_outages import PulseRow
from storage.sql.writer import Writer

PULSE: Any = PulseRow.__table__  # type: ignore[attr-defined]

_FIRST_LOOK: Final = timedelta(seconds=10)
"""So long posts are filed and clocks looked at before the desk asks whether it has caught up."""


class SqlPulse:
    """Says that the desk works, and notices when it did not."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    async def beat(self, after: timedelta) -> Outage | None:
        """The desk works. The outage that ends with this, if the last beat of any process is longer ago than `after`.

        It has to be that long on both clocks: a business clock that was moved or runs fast makes no outage.
        """
        real, business = self._clock.real(), self._clock.now()

        def write(connection: Connection) -> int | None:
            last = connection.execute(_LAST_BEAT).first()
            _said(connection, real, business, stopped=False)
            if last is None or min(real - last.real_at, business - last.business_at) <= after:
                return None
            return _ended(connection, last.business_at, business, stopped=last.stopped)

        (ended,) = await self._writer.submit([write])
        if ended is None:
            return None
        return await self._reader.once(lambda c: one(c, ended))

    async def stop(self) -> None:
        """This process stops on purpose. Where others still beat, they say so soon."""
        real, business = self._clock.real(), self._clock.now()
        await self._writer.submit([lambda c: _said(c, real, business, stopped=True)])

    async def last_beat(self) -> datetime | None:
        """When any process of the desk last said that it works (real time); None when the last one said goodbye."""
        row = await self._reader.once(lambda c: c.execute(_SEEN_LAST).first())
        return row.real_at if row is not None and not row.stopped else None

    async def last(self) -> Outage | None:
        """The newest outage; None when the desk never was down."""
        return await self._reader.once(newest)


def _said(connection: Connection, real: datetime, business: datetime, *, stopped: bool) -> None:
    row = {"real_at": real, "business_at": business, "stopped": stopped}
    new = insert_into(connection, PULSE).values(id=1, **row)
    connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=row))


def _ended(connection: Connection, since: datetime, until: datetime, *, stopped: bool) -> int:
    """The number of the outage that ended now. One that begins before the last was caught up with prolongs that one."""
    last = newest(connection)
    if last is not None and last.caught_up_at is None:
        number = last.id
        longer = update(OUTAGES).where(OUTAGES.c.id == number)
        connection.execute(longer.values(until=until, stopped=last.stopped and stopped))
    else:
        row = {
            "since": since,
            "until": until,
            "stopped": stopped,
            "first_mention": _first_mention(connection),
        }
        number = int(connection.execute(insert(OUTAGES).values(**row).returning(OUTAGES.c.id)).scalar_one())
    put(connection, catch_up_put(number, until + _FIRST_LOOK))
    return number


def _first_mention(connection: Connection) -> int:
    """The oldest mention that waits, else the one that comes next."""
    waiting = connection.execute(OLDEST_NEW).scalar()
    return int(waiting) if waiting is not None else int(connection.execute(_NEWEST_MENTION).scalar() or 0) + 1


def catch_up_put(outage: int, due: datetime) -> Put:
    """The job that sees to what an outage left behind."""
    return Put(kind="outage", key=f"outage:{outage}", due=due, args={"outage": outage})


_SEEN_LAST: Final = select(PULSE).where(PULSE.c.id == 1)
_LAST_BEAT: Final = _SEEN_LAST.with_for_update()
_NEWEST_MENTION: Final = select(func.max(MENTIONS.c.id))
