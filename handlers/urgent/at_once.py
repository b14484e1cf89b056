"""`claim next` and `ack all`: the next step without looking for the case first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.cards.away import ACK_ALL, CLAIM_NEXT
from bot.cards.phrases import count
from bot.cards.words import sentence_card
from bot.domain.alarms.escalation import acknowledge, was_paged
from bot.domain.case import Case
from bot.domain.claim import claim
from bot.domain.parts import State
from bot.domain.refusals import NothingToDo
from bot.domain.roles import Actor
from bot.policy.model import Policy
from bot.policy.presence import speaks
from bot.policy.terms import lease_for
from bot.ports import CaseFilter, Work
from bot.router import Call, Reply, Routes
from handlers.shared.clocks import next_due

_CANDIDATES: Final = 50
_SCANNED: Final = 200
_LAST: Final = 1_000
_READ_FOR: Final = timedelta(days=1)
_DONE: Final = "{cases} acknowledged. Claim them, note or say a status before {until}: else they climb again."
_NONE: Final = "No page waits for your answer."

routes = Routes()


@routes.verb("claimnext", usage="claimnext", group="work", aliases=(CLAIM_NEXT,))
async def claim_next(call: Call) -> Reply:
    """Claim the most urgent case, first of those in your languages; in a department's channel, one of its own."""
    here = call.place.department
    call.actor.must("claim", here)
    mine = (here,) if here else tuple(n for n in call.policy.departments if call.actor.may("claim", n))
    async with call.work() as work:
        which = CaseFilter(departments=mine, states=(State.OPEN,), awake_at=call.now)
        free = [case for case in await work.cases.find(which, limit=_CANDIDATES) if case.offer is None]
        if not free:
            raise NothingToDo
        listed, speaker = await _listed(work, call, mine), call.policy.people.get(call.actor.id)

        def rank(case: Case) -> tuple[object, ...]:
            unread = not speaks(speaker, case.language)  # as `next` does, so that both mean the same case
            return unread, case.priority, listed.get(case.id, _LAST), next_due(case), case.id

        found = min(free, key=rank)
        case = await work.cases.get(found.id)
        case = claim(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case.id)


async def _listed(work: Work, call: Call, departments: tuple[str, ...]) -> Mapping[int, int]:
    """The places of cases in the summaries after the last outage: whoever presses there wants the first of them."""
    outage = await work.outages.last()
    if outage is None or outage.caught_up_at is None or call.now - outage.caught_up_at > _READ_FOR:
        return {}
    told = [await work.outages.told(outage.id, department) for department in departments]
    return {number: place for backlog in told if backlog for place, number in enumerate(backlog.worst)}


@routes.verb("ackall", usage="ackall", group="urgent", aliases=(ACK_ALL,))
async def acknowledge_all(call: Call) -> Reply:
    """You have seen them: every page to you that nobody answered. Claim, note or say a status before they climb again."""
    buys = call.policy.defaults.acknowledge_buys
    async with call.work() as work:
        found = await work.cases.find(CaseFilter(escalated=True), limit=_SCANNED)
        mine = [case.id for case in found if _asks(case, call.actor, call.policy)]
        for number in mine:
            case = await work.cases.get(number)
            await work.cases.save(acknowledge(case, by=call.actor, at=call.now, buys=buys))
    if not mine:
        return Reply.say(sentence_card(_NONE))
    until = call.names.moment(call.now + buys)
    return Reply.say(sentence_card(_DONE.format(cases=count(len(mine), "case"), until=until)))


def _asks(case: Case, actor: Actor, policy: Policy) -> bool:
    """Whether this person was paged about it; or told so after an outage, as the community's champion."""
    escalation = case.escalation
    if escalation is None or escalation.acked_by is not None or case.closed:
        return False
    known = policy.communities.get(case.community)
    champions = known is not None and known.champion == actor.id and bool(escalation.outage)
    return was_paged(case, actor) or champions
