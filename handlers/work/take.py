"""`take`: the explicit takeover of a colleague's case, or of one that is escalated."""

from __future__ import annotations

from bot.domain.claim import take
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("take", usage="take <case> [reason...]", group="work")
async def take_case(call: Call, case_id: int, reason: str) -> Reply:
    """Make a colleague's case yours; they are told."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = take(case, reason, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
