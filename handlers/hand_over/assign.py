"""`assign`: a lead gives the case to a colleague."""

from __future__ import annotations

from typing import Final

from bot.cards.words import sentence_card
from bot.domain.claim import assign
from bot.domain.people import PersonId
from bot.domain.refusals import CannotHold
from bot.policy.actors import actor_of
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes
from handlers.hand_over.shift_words import off_hours

GIVEN: Final = "Case {case} is given to {who}. {warning}"

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
    warning = off_hours(call.policy, person, case.department, call.names)
    if not warning or person == call.actor.id:
        return Reply.show("case", case_id)
    sentence = GIVEN.format(case=case_id, who=call.names.person(person), warning=warning)
    return Reply.say(sentence_card(sentence, words=(f"show {case_id}",)))
