"""The desk's pulse: it says that it works, and notices when it did not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.alarms.outage import Outage
from storage.sql.store import SqlStore

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=20)
"""Real time between two beats."""


@dataclass(slots=True)
class Pulse:
    """To be asked before timers are taken: a process that was frozen must first know how long. `told` hears of the
    newest outage."""

    store: SqlStore
    told: Callable[[Outage], None]
    _beaten: datetime | None = None

    async def beat(self) -> None:
        """Says that the desk works, where it did not say so just now."""
        real = self.store.clock.real()
        if self._beaten is not None and timedelta(0) <= real - self._beaten < EVERY:
            return
        outage = await self.store.pulse.beat(self.store.policy.defaults.outage_after)
        if outage is not None:
            log.warning(
                "the desk did not work for a while",
                since=outage.since.isoformat(),
                until=outage.until.isoformat(),
                stopped=outage.stopped,
            )
        last = outage or (await self.store.pulse.last() if self._beaten is None else None)
        self._beaten = real
        if last is not None:
            self.told(last)

    async def stop(self) -> None:
        """This process stops on purpose."""
        if self._beaten is not None:
            await self.store.pulse.stop()
