"""`reopen`: a closed case is back in its department's queue."""

from __future__ import annotations

from bot.domain.lifecycle import reopen
from bot.policy.terms import service_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("reopen", usage="reopen <case>", group="work")
async def reopen_case(call: Call, case_id: int) -> Reply:
    """Back into the department's queue, with new clocks."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = reopen(case, by=call.actor, at=call.now, terms=service_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
