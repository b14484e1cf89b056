"""Who answers for a case when its owner is not there. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.domain.case import Case
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.policy.duty import duty_for
from bot.policy.model import Policy
from bot.policy.presence import at_work, standing


def past_hours(policy: Policy, case: Case, at: datetime) -> PersonId | None:
    """Who gets back what was offered, when the owner is not at work; None: its owner keeps it.

    That is the duty person of the case's department, if they work now; for P1 even if not. Where nobody works, the
    case waits for its owner: both begin in the morning. A cover at work answers as the owner would.
    """
    if case.owner is None:
        return None
    there = standing(policy, case.owner, at)
    if there is not None and at_work(policy, there, case.department, at):
        return None
    duty = duty_for(policy, case, at)
    if duty is None or duty in (case.owner, there):
        return None
    return duty if case.priority is Priority.P1 or at_work(policy, duty, case.department, at) else None
