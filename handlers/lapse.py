"""A claim's lease: its owner is warned, then the case returns to the queue."""

from __future__ import annotations

from bot.domain.claim import lapse, warn_of_lapse
from bot.router import Call, Routes
from handlers.timers import case_of

routes = Routes()


@routes.timer("lease")
async def watch_lease(call: Call) -> None:
    """Warns the owner at three quarters of the lease and ends the claim at its end."""
    async with call.work() as work:
        before = await work.cases.get(case_of(call))
        after = lapse(warn_of_lapse(before, at=call.now), at=call.now)
        await work.cases.save(after)
