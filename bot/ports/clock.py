"""Two clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Two clocks: real time for leases, pacing and retries; business time for everything a person set."""

    def real(self) -> datetime: ...
    def now(self) -> datetime:
        """Business time, UTC."""

    def real_delay(self, until: datetime) -> timedelta:
        """How much real time passes until the business moment `until`; never negative."""

    async def sleep(self, delay: timedelta) -> None:
        """Real time."""
