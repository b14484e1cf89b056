"""`snooze`: out of sight until then."""

from __future__ import annotations

from datetime import datetime

from bot.domain.pause import snooze
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("snooze", usage="snooze <case> <when...>", group="work")
async def snooze_case(call: Call, case_id: int, until: datetime) -> Reply:
    """Out of sight until then; what the customer was promised runs on."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = snooze(case, until, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
