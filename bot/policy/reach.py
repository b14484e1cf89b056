"""Whom the desk turns to when words did not reach the one they were meant for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.policy.duty import champions, is_active, leads, on_duty
from bot.policy.ladder import escalation_policy_by_hand
from bot.policy.model import Policy
from bot.policy.presence import standing


def stand_in(policy: Policy, department: str, at: datetime, *, but: str = "") -> PersonId | None:
    """Who answers for the department at `at`: its duty person, a lead, the fallback. Never `but`."""
    duty = on_duty(policy, department, at)
    return _first(
        policy, (*([duty] if duty else []), *leads(policy, department), *_last(policy, department)), at, but
    )


def last_resort(policy: Policy, department: str, at: datetime, *, but: str = "") -> PersonId | None:
    """The fallback of the department's escalation, else a champion, else its leads. Never `but`."""
    return _first(policy, (*_last(policy, department), *leads(policy, department)), at, but)


def _last(policy: Policy, department: str) -> tuple[PersonId, ...]:
    plan = policy.escalations.get(escalation_policy_by_hand(policy, department, Priority.P1))
    fallback = (plan.fallback,) if plan else ()
    return (*fallback, *champions(policy, policy.company.default_community))


def _first(policy: Policy, people: Iterable[PersonId], at: datetime, but: str) -> PersonId | None:
    known = [who for who in people if who in policy.people and is_active(policy.people[who], at)]
    there = (who for each in known if (who := standing(policy, each, at)) is not None)
    # Somebody away is still better than nobody.
    return next((who for who in (*there, *known) if who != but), None)
