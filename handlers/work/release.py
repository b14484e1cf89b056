"""`release`: back to the department's queue."""

from __future__ import annotations

from bot.domain.claim import release
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("release", usage="release <case>", group="work")
async def release_case(call: Call, case_id: int) -> Reply:
    """Put it back into the department's queue; a pending offer is withdrawn."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        await work.cases.save(release(case, by=call.actor, at=call.now))
    return Reply.show("case", case_id)
