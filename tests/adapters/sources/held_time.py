"""Real time under the test's hand: whoever sleeps does so until the test lets the time pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.desk import MONDAY

WITHIN = 60.0
"""Seconds that anything may take on a busy machine before the test gives up."""


@dataclass
class HeldTime:
    at: datetime = MONDAY
    sleepers: dict[asyncio.Future[None], datetime] = field(default_factory=dict)

    def real(self) -> datetime:
        return self.at

    async def sleep(self, delay: timedelta) -> None:
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers[wakes] = self.at + delay
        try:
            await wakes
        finally:
            del self.sleepers[wakes]

    def pauses(self) -> list[timedelta]:
        """How long everybody who sleeps still does so."""
        return [moment - self.at for moment in self.sleepers.values()]

    def passes(self, length: timedelta) -> None:
        """Whoever's moment it is by then wakes up."""
        self.at += length
        for wakes, moment in self.sleepers.items():
            if moment <= self.at and not wakes.done():
                wakes.set_result(None)


async def until(holds: Callable[[], object]) -> None:
    """Until it holds, however busy the machine is."""
    async with asyncio.timeout(WITHIN):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
