"""`dismiss`: nothing to answer here."""

from __future__ import annotations

from bot.domain.lifecycle import dismiss
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("dismiss", usage="dismiss <case> [why...]", group="work")
async def dismiss_case(call: Call, case_id: int, why: str) -> Reply:
    """Nothing to answer: spam, or not about us."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        await work.cases.save(dismiss(case, why, by=call.actor, at=call.now))
    return Reply.show("case", case_id)
