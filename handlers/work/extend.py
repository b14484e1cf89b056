"""`extend`: a fresh lease for who owns the case."""

from __future__ import annotations

from bot.domain.claim import extend
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("extend", usage="extend <case>", group="work")
async def extend_claim(call: Call, case_id: int) -> Reply:
    """Keep your claim: its time starts afresh."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = extend(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
