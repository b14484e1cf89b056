"""Both clocks under the test's hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.desk import MONDAY


@dataclass
class Moving:
    """Real and business time are one; sleeping moves them and takes no time. `slept` are the pauses taken."""

    at: datetime = MONDAY
    slept: list[timedelta] = field(default_factory=list)

    def real(self) -> datetime:
        return self.at

    def now(self) -> datetime:
        return self.at

    def real_delay(self, until: datetime) -> timedelta:
        return max(until - self.at, timedelta(0))

    async def sleep(self, delay: timedelta) -> None:
        self.slept.append(delay)
        self.at += delay
