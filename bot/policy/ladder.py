"""Who is paged next: the steps of an escalation as people at one moment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from bot.domain.alarms.escalation import Rung
from bot.domain.case import Case
from bot.domain.parts import Escalation, Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Calendar, NeverOpen
from bot.policy.duty import DUTY, LEAD, leads, meant, paged
from bot.policy.model import EscalationPolicy, Policy, Step
from bot.policy.plans import escalation_policy_by_hand, escalation_policy_for
from bot.policy.presence import is_active, standing
from bot.policy.terms import calendar_of

__all__ = ["escalation_policy_by_hand", "escalation_policy_for", "rung"]

_WAKES: Final = frozenset({Priority.P1})


def rung(policy: Policy, case: Case, at: datetime) -> Rung:
    """The next rung of the case's escalation at `at` (UTC). ValueError when it has none.

    Whoever is away is stood for by their cover. A step that finds nobody pages the fallback. Outside their hours people are paged for the step's `wakes`
    only; when nobody else is there, the rung is empty and to be looked at again when the first one opens.
    After the last step and its repeats, or when the policy dropped the escalation, all leads are paged.
    """
    escalation = case.escalation
    if escalation is None:
        raise ValueError(f"case {case.id} is not escalated")
    plan = policy.escalations.get(escalation.policy)
    if plan is None:
        return _last(policy, case, (0, escalation.round), at)
    for number, round_ in _ahead(escalation, plan):
        step = plan.steps[number]
        people = _asked(policy, escalation, case, step, plan, at)
        if people:
            return _timed(policy, case, step, (number, round_), people, at)
    return _last(policy, case, (len(plan.steps), escalation.round), at)


def _ahead(escalation: Escalation, plan: EscalationPolicy) -> Iterable[tuple[int, int]]:
    """The steps still to come, as (step, round)."""
    for round_ in range(escalation.round, plan.repeat + 1):
        for number in range(escalation.step if round_ == escalation.round else 0, len(plan.steps)):
            yield number, round_


def _asked(
    policy: Policy, escalation: Escalation, case: Case, step: Step, plan: EscalationPolicy, at: datetime
) -> tuple[PersonId, ...]:
    """The step's people without those who passed. When all of them passed, nobody: the next step follows."""
    found = paged(policy, step.page, case.department, case.community, at, language=case.language)
    if not found:
        # Away or not: after the fallback there is nobody, and a page must not go to nobody.
        there = standing(policy, plan.fallback, at)
        found = _known(policy, (there or plan.fallback,), at)
    return tuple(who for who in found if who not in escalation.passed_by)


def _instead(
    policy: Policy, case: Case, page: str, people: tuple[PersonId, ...], at: datetime
) -> tuple[tuple[PersonId, PersonId], ...]:
    """Of these people, those who are asked in somebody's place: (who is asked, who is away)."""
    wanted = meant(policy, page, case.department, case.community, at)
    asked = {standing(policy, who, at): who for who in wanted if policy.absences.of(who, at)}
    away = next((who for who in wanted if policy.absences.of(who, at)), None)
    return tuple(
        (who, absent)
        for who in people
        if who not in wanted and (absent := asked.get(who) or away) is not None
    )


def _timed(
    policy: Policy,
    case: Case,
    step: Step,
    position: tuple[int, int],
    people: tuple[PersonId, ...],
    at: datetime,
) -> Rung:
    number, round_ = position
    wait = step.wait or policy.defaults.acknowledge_buys
    hours = {who: _hours(policy, case, step.page, who) for who in people}
    here, opens = _there(hours, case.priority in step.wakes, at)
    return Rung(
        step=number,
        round=round_,
        people=here,
        next_at=at + wait if here else opens,
        instead=_instead(policy, case, step.page, here, at),
        ways=tuple(name for name in step.also if name in policy.pagers),
    )


def _last(policy: Policy, case: Case, position: tuple[int, int], at: datetime) -> Rung:
    """All leads of the company. What does not wake people waits for the first of them."""
    step, round_ = position
    found = tuple(who for name in policy.departments for who in leads(policy, name, at))
    there = (standing(policy, who, at) for who in found)
    everyone = _known(policy, dict.fromkeys([who for who in there if who] or found), at)
    hours = {who: policy.people[who].calendar or policy.company.calendar for who in everyone}
    here, opens = _there(hours, case.priority in _WAKES, at)
    waits = opens is not None
    return Rung(step=step, round=round_, people=here, next_at=opens, last=not waits)


def _there(
    hours: Mapping[PersonId, Calendar], wakes: bool, at: datetime
) -> tuple[tuple[PersonId, ...], datetime | None]:
    """Who is paged at `at`; when nobody is, the moment at which the first of them is at work."""
    everyone = tuple(hours)
    here = everyone if wakes else tuple(who for who in everyone if hours[who].is_open(at))
    if here:
        return here, None
    opens = [moment for calendar in hours.values() if (moment := _opens(calendar, at))]
    return ((), min(opens)) if opens else (everyone, None)


def _hours(policy: Policy, case: Case, page: str, who: PersonId) -> Calendar:
    """When a page finds that person at work."""
    own = policy.people[who].calendar
    if own is not None:
        return own
    return calendar_of(policy, case.department) if page in (DUTY, LEAD) else policy.company.calendar


def _known(policy: Policy, people: Iterable[PersonId], at: datetime) -> tuple[PersonId, ...]:
    return tuple(who for who in people if who in policy.people and is_active(policy.people[who], at))


def _opens(calendar: Calendar, at: datetime) -> datetime | None:
    """The next opening; None for hours that never come: such a person cannot be waited for."""
    try:
        return calendar.next_open(at)
    except NeverOpen:
        return None
