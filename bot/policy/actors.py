"""A person as an actor: the roles in force at one moment."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import Person, Role
from bot.domain.roles import Actor
from bot.policy.duty import on_duty
from bot.policy.model import Policy


def actor_of(policy: Policy, person: Person, at: datetime) -> Actor:
    """`person` with duty added where it is theirs at `at` (UTC), whom they cover for, and nothing after their last day."""
    if person.until is not None and at.astimezone(person.zone).date() > person.until:
        return Actor(id=person.id, name=person.name)
    roles = dict(person.roles)
    for name, department in policy.departments.items():
        # Whose turn it is takes a while to find out; most people are on no list, and cover for nobody.
        if (person.id in department.duty or policy.absences) and on_duty(policy, name, at) == person.id:
            roles[name] = roles.get(name, frozenset()) | {Role.DUTY}
    return Actor(
        id=person.id,
        name=person.name,
        roles=roles,
        communities=person.communities,
        covers=policy.absences.covered_by(person.id, at),
    )
