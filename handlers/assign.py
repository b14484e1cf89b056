"""`assign`: a lead gives the case to a colleague."""

from __future__ import annotations

from bot.domain.claim import assign
from bot.domain.people import PersonId
from bot.domain.refusals import CannotHold
from bot.policy.actors import actor_of
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

routes = Routes()


@routes.verb("assign", usage="assign <case> <person>", group="hand over")
async def assign_case(call: Call, case_id: int, person: PersonId) -> Reply:
    """Give it to a colleague of its department; for leads and whoever is on duty."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        known = call.policy.people.get(person)
        if known is None:
            raise CannotHold(case.id, person, case.department)
        colleague = actor_of(call.policy, known, call.now)
        case = assign(case, colleague, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)
