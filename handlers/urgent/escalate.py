"""`escalate`, `ack` and `pass`: who is paged, and who says "seen". And the clock that climbs."""

from __future__ import annotations

from typing import Final

from bot.cards.words import sentence_card
from bot.domain.alarms.escalation import acknowledge, climb, due, escalate, pass_on
from bot.domain.alarms.outage import pages_together
from bot.effects import card_put
from bot.policy.ladder import escalation_policy_by_hand, rung
from bot.policy.places import channels
from bot.ports import Rank
from bot.router import Call, Reply, Routes
from handlers.shared.rights import communities_of, must_read
from handlers.shared.timers import case_of, slept_through

UNSEEN: Final = "Case {case} is escalated: whoever must know is paged, step by step, until somebody answers."
NO_REASON: Final = "somebody asked for it without saying why"

routes = Routes()


@routes.verb("escalate", usage="escalate <case> [why...]", group="urgent")
async def escalate_case(call: Call, case_id: int, why: str) -> Reply:
    """Page whoever must know now, step by step, until somebody answers; anyone in the company may."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        if communities_of(call.actor) is not None:
            must_read(call.actor, case)
        name = escalation_policy_by_hand(call.policy, case.department, case.priority)
        case = escalate(case, why or NO_REASON, name, by=call.actor, at=call.now)
        await work.cases.save(climb(case, rung(call.policy, case, call.now), at=call.now))
    if not call.actor.may("show", None, case.community):
        # Anyone may say that it must not wait; to read it takes a role.
        return Reply.say(sentence_card(UNSEEN.format(case=case_id)))
    return Reply.show("case", case_id)


@routes.verb("ack", usage="ack <case>", group="urgent")
async def acknowledge_page(call: Call, case_id: int) -> Reply:
    """You have seen it: nobody else is paged for a while. Claim it, note or say a status before that ends."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        buys = call.policy.defaults.acknowledge_buys
        await work.cases.save(acknowledge(case, by=call.actor, at=call.now, buys=buys))
    return Reply.show("case", case_id)


@routes.verb("pass", usage="pass <case> [why...]", group="urgent")
async def pass_page(call: Call, case_id: int, why: str) -> Reply:
    """Not yours: the next step is paged at once."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = pass_on(case, why, by=call.actor, at=call.now)
        await work.cases.save(climb(case, rung(call.policy, case, call.now), at=call.now))
    return Reply.show("case", case_id)


@routes.timer("climb")
async def climb_on(call: Call) -> None:
    """Pages the next step when nobody answered the last one in time."""
    async with call.work() as work:
        case = await work.cases.get(case_of(call))
        if due(case, call.now):
            outage = await slept_through(call, work)
            case = pages_together(case, outage.id) if outage else case
            case = climb(case, rung(call.policy, case, call.now), at=call.now)
            await work.cases.save(case)
            # Off hours nobody is asked and nothing happened; but the cards name another moment now.
            for department in () if case.pending else case.seen_in:
                for place in channels(call.policy, department):
                    work.jobs.put(card_put(case.id, place, call.now, Rank.EDIT))
