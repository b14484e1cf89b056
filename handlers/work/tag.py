"""`tag`: a few words by which a case is found again."""

from __future__ import annotations

from bot.domain.digests.tags import tag
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("tag", usage="tag <case> [words...]", group="work")
async def tag_case(call: Call, case_id: int, words: str) -> Reply:
    """Tag a case, so that `search #refund` finds it and topics are counted; -word takes a tag away."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        await work.cases.save(tag(case, words, by=call.actor, at=call.now))
    return Reply.show("case", case_id)
