"""The promise to the customer: a warning before it breaks, a word when it did. P1 and P2 escalate."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.case import Case, Priority
from bot.domain.escalation import escalate
from bot.domain.roles import DESK
from bot.domain.service import check
from bot.policy.ladder import escalation_policy_for
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.router import Call, Routes
from handlers.timers import case_of

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
        await work.cases.save(_escalated(call.policy, after, news, call.now) if news else after)


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
