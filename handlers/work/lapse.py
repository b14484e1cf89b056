"""A claim's lease: its owner is warned, then the case returns to the queue."""

from __future__ import annotations

from bot.domain.alarms.outage import folded, lease_goes_on
from bot.domain.claim import lapse, warn_of_lapse
from bot.policy.terms import lease_for
from bot.router import Call, Routes
from handlers.shared.timers import case_of, slept_through

routes = Routes()


@routes.timer("lease")
async def watch_lease(call: Call) -> None:
    """Warns the owner at three quarters of the lease and ends the claim at its end.

    While the desk was down nobody could extend it: then it goes on instead.
    """
    async with call.work() as work:
        before = await work.cases.get(case_of(call))
        outage = await slept_through(call, work)
        if outage is not None:
            terms = lease_for(call.policy, before)
            await work.cases.save(folded(lease_goes_on(before, outage, at=call.now, terms=terms), outage))
            return
        after = lapse(warn_of_lapse(before, at=call.now), at=call.now)
        await work.cases.save(after)
