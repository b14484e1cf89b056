"""`note`: words for colleagues, never for the public."""

from __future__ import annotations

from bot.domain.lifecycle import note
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("note", usage="note <case> <text...>", group="work")
async def note_case(call: Call, case_id: int, text: str) -> Reply:
    """Tell colleagues something about it; nobody outside ever sees it."""
    here = str(call.place) if call.place.case_id == case_id else None
    async with call.work() as work:
        case = await work.cases.get(case_id)
        lease = lease_for(call.policy, case)
        await work.cases.save(note(case, text, by=call.actor, at=call.now, lease=lease, thread=here))
    # In the case's own thread the note itself is the answer.
    return Reply.nothing() if here else Reply.show("case", case_id)
