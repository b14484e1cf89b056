"""Questions to another department: its duty person is asked directly, beside the card in its channel. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.parts import Consult
from bot.effects.told import notice
from bot.policy.duty import on_duty
from bot.policy.model import Policy
from bot.policy.terms import calendar_of
from bot.ports import Put


def questions(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """A new question is told when the department works, at once or at its next opening; once it is over the same
    message is corrected, and nobody is told anew."""
    was = before.consults if before else ()
    for asked in after.consults:
        if asked not in was:
            yield from _told(after, asked, policy, _when(asked, policy))
    for asked in was:
        if asked not in after.consults:
            yield from _told(after, asked, policy, now)


def _when(asked: Consult, policy: Policy) -> datetime:
    return calendar_of(policy, asked.to).next_open(asked.asked_at)


def _told(case: Case, asked: Consult, policy: Policy, now: datetime) -> Iterator[Put]:
    person = on_duty(policy, asked.to, _when(asked, policy))
    if person is not None and person != asked.by and person in policy.people:
        yield notice(case, asked.event, person, now)
