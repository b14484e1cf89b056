"""Which escalation a case takes. Pure."""

from __future__ import annotations

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.policy.model import Policy


def escalation_policy_for(policy: Policy, department: str, priority: Priority) -> str | None:
    """The escalation that the desk starts by itself: the department's own, else the priority's, else none."""
    known = policy.departments.get(department)
    own = known.escalation if known else None
    return own or policy.defaults.escalation.get(priority)


def escalation_policy_by_hand(policy: Policy, department: str, priority: Priority) -> str:
    """The escalation that a person starts: there is always one, at the least the one of P1."""
    usual = escalation_policy_for(policy, department, priority)
    return usual or policy.defaults.escalation.get(Priority.P1) or next(iter(policy.escalations), "")


def fallback_of(policy: Policy, department: str) -> PersonId | None:
    """Whom the department's most urgent escalation turns to when nobody else is left."""
    plan = policy.escalations.get(escalation_policy_by_hand(policy, department, Priority.P1))
    return plan.fallback if plan else None
