"""The promise to the customer: a warning before it breaks, a word when it did. P1 and P2 escalate."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.alarms.escalation import climb, due, escalate
from bot.domain.alarms.outage import excused, folded, pages_together
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import Priority
from bot.domain.roles import DESK
from bot.domain.service import check
from bot.policy.ladder import escalation_policy_for, rung
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.terms import service_for
from bot.ports import Work
from bot.router import Call, Routes
from handlers.shared.timers import case_of, slept_through

FIRST_DUE: Final = "its first response is due at {moment}"
RESOLVE_DUE: Final = "it is to be resolved by {moment} and was not answered yet"

_ESCALATES: Final = (Priority.P1, Priority.P2)

routes = Routes()


@routes.timer("service")
async def watch_promise(call: Call) -> None:
    """Records warnings and misses; an urgent case that nobody answered yet is escalated."""
    async with call.work() as work:
        before = await work.cases.get(case_of(call))
        after = check(before, at=call.now)
        news = tuple(name for name in after.service.told if name not in before.service.told)
        if news:
            after = await _without_a_burst(call, work, _escalated(call.policy, after, news, call.now))
        await work.cases.save(after)


async def _without_a_burst(call: Call, work: Work, case: Case) -> Case:
    """What an outage of the desk caused says so; what ran out meanwhile is told by its summary only, and pages of what
    came meanwhile go out together."""
    terms = service_for(call.policy, case)
    outages = await work.outages.between(case.service.since, call.now)
    case = excused(case, outages, first=terms.first, resolve=terms.resolve)
    slept = await slept_through(call, work)
    came = case.away or case.backlog
    if slept is not None:
        case = pages_together(folded(case, slept), slept.id)
        # At once, so that it goes with the others.
        return climb(case, rung(call.policy, case, call.now), at=call.now) if due(case, call.now) else case
    if came and any(event.kind is Kind.ESCALATED for event in case.pending):
        case = pages_together(case, came)
        # The page says it; an owner hears of it all the same.
        return case if case.owner else folded(case)
    return case


def _escalated(policy: Policy, case: Case, news: tuple[str, ...], at: datetime) -> Case:
    """The case with an escalation started, unless one runs, it was answered, or it is not that urgent."""
    name = escalation_policy_for(policy, case.department, case.priority)
    answered = case.service.responded_at is not None
    if name is None or answered or case.escalating or case.priority not in _ESCALATES:
        return case
    first = any(word.startswith("first") for word in news)
    text, due = (FIRST_DUE, case.service.first_due) if first else (RESOLVE_DUE, case.service.resolve_due)
    return escalate(case, text.format(moment=_moment(policy, case, due, at)), name, by=DESK, at=at)


def _moment(policy: Policy, case: Case, due: datetime, at: datetime) -> str:
    """In the department's wall clock, with its name: readers elsewhere must not mistake it for theirs."""
    known = policy.departments.get(case.department)
    zone = known.zone if known else policy.company.zone
    return f"{Spoken(policy=policy, zone=zone, now=at).moment(due)} {due.astimezone(zone):%Z}"
