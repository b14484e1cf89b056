"""`claim`: one person answers for the case from now on."""

from __future__ import annotations

from bot.domain.claim import claim
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("claim", usage="claim <case>", group="work")
async def claim_case(call: Call, case_id: int) -> Reply:
    """From now on you answer for it."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = claim(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
