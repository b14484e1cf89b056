"""`resolve`: the matter is settled."""

from __future__ import annotations

from typing import Final

from bot.domain.lifecycle import OUTCOMES, resolve
from bot.router import Call, Reply, Routes

USUAL_OUTCOME: Final = OUTCOMES[0]

routes = Routes()


@routes.verb("resolve", usage="resolve <case> [outcome] [note...]", group="work")
async def resolve_case(call: Call, case_id: int, outcome: str | None, text: str) -> Reply:
    """The matter is settled: answered unless you say fixed, refunded, referred or nothing-needed."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        await work.cases.save(resolve(case, outcome or USUAL_OUTCOME, text, by=call.actor, at=call.now))
    return Reply.show("case", case_id)
