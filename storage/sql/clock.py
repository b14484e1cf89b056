"""The two clocks. Business time is one database row that every process reads: two anchors and a rate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from storage.sql.puts import insert_into
from storage.sql.reader import Reader
from storage.sql.tables import ClockRow
from storage.sql.writer import Writer

CLOCK: Any = ClockRow.__table__  # type: ignore[attr-defined]
FOREVER: Final = timedelta(days=3650)


def system_time() -> datetime:
    return datetime.now(UTC)


async def system_sleep(delay: timedelta) -> None:
    await asyncio.sleep(delay.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Business time stood at `business` when real time was `real`, and runs `rate` times as fast (0: it stands)."""

    real: datetime
    business: datetime
    rate: float


class SqlClock:
    """The Clock port. Without a row the business clock is real time."""

    def __init__(
        self,
        *,
        real: Callable[[], datetime] = system_time,
        sleep: Callable[[timedelta], Awaitable[None]] = system_sleep,
    ) -> None:
        self._real, self._sleep = real, sleep
        self._row: Reading | None = None

    def real(self) -> datetime:
        return self._real()

    def now(self) -> datetime:
        row = self._row
        return self._real() if row is None else row.business + (self._real() - row.real) * row.rate

    @property
    def rate(self) -> float:
        return 1.0 if self._row is None else self._row.rate

    def real_delay(self, until: datetime) -> timedelta:
        left = max(timedelta(0), until - self.now())
        return left / self.rate if self.rate > 0 else (FOREVER if left else left)

    async def sleep(self, delay: timedelta) -> None:
        await self._sleep(delay)

    async def refresh(self, reader: Reader) -> None:
        """Reads the row again: another process may have moved the clock."""
        row = await reader.once(lambda c: c.execute(select(CLOCK)).first())
        self._row = (
            Reading(real=row.real_anchor, business=row.business_anchor, rate=row.rate) if row else None
        )

    async def move(self, writer: Writer, *, to: datetime | None = None, rate: float | None = None) -> None:
        """Sets business time to `to` (default: as it stands), running at `rate` from here on, for every process."""
        reading = Reading(
            real=self._real(), business=to or self.now(), rate=self.rate if rate is None else rate
        )
        row = {"real_anchor": reading.real, "business_anchor": reading.business, "rate": reading.rate}

        def write(connection: Connection) -> None:
            new = insert_into(connection, CLOCK).values(id=1, **row)
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=row))

        await writer.submit([write])
        self._row = reading
