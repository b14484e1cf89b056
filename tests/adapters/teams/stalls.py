"""Watches the event loop: how long it was held by somebody at the worst."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

HELD: Final = 1.0
"""Seconds. Less than whatever is made slow in these tests, so a call that waits on the loop is seen; more than work
takes on a busy machine that counts every line."""

_TICK: Final = 0.002


@dataclass
class Stalls:
    """`longest` in seconds of this process's own work: what other processes took of the machine does not count."""

    longest: float = 0.0


@asynccontextmanager
async def stalls() -> AsyncIterator[Stalls]:
    """While the block runs a task ticks; each tick that comes late is a stall."""
    seen = Stalls()
    ticking = asyncio.create_task(_tick(seen))
    try:
        yield seen
        await asyncio.sleep(_TICK)
    finally:
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking


async def _tick(seen: Stalls) -> None:
    while True:
        wall, busy = time.perf_counter(), time.thread_time()
        await asyncio.sleep(_TICK)
        late = time.perf_counter() - wall - _TICK
        # A loop that waits inside a blocking call is late without being busy, one that computes is both;
        # on a machine that others use, too, being late for a moment alone says nothing.
        seen.longest = max(seen.longest, min(late, max(time.thread_time() - busy, late - _OTHERS)))


_OTHERS: Final = 0.4
"""So long the machine may be busy with others."""
