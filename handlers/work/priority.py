"""`priority`: a lead's word on the urgency."""

from __future__ import annotations

from bot.domain.lifecycle import prioritise
from bot.domain.parts import Priority
from bot.policy.terms import lease, service
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("priority", usage="priority <case> <priority>", group="work")
async def set_priority(call: Call, case_id: int, priority: Priority) -> Reply:
    """Say how urgent it is; its clocks count anew, and its owner gets a fresh lease."""
    async with call.work() as work:
        before = await work.cases.get(case_id)
        after = prioritise(
            before,
            priority,
            by=call.actor,
            at=call.now,
            terms=service(call.policy, before.department, priority),
            lease=lease(call.policy, before.department, priority),
        )
        await work.cases.save(after)
    return Reply.show("case", case_id)
