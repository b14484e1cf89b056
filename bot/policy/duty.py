"""Who stands for a department or a community right now. Pure: a policy and a moment in, people out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.calendar import local_moment
from bot.domain.people import COMPANY, Person, PersonId, Role
from bot.policy.model import Department, Policy

DUTY, LEAD, CHAMPION, DEPUTIES = "duty", "lead", "champion", "deputies"
PAGED: Final = (DUTY, LEAD, CHAMPION, DEPUTIES)
"""What an escalation step may page, beside one person's e-mail."""

# A fixed Monday to count turns from: whose turn it is must not depend on when the policy was loaded.
_ANCHOR: Final = date(2024, 1, 1)
_TURNS: Final = frozenset({Role.MEMBER, Role.LEAD, Role.DUTY})


def on_duty(policy: Policy, department: str, at: datetime) -> PersonId | None:
    """Whom the department turns to at `at` (aware); None when its list has nobody left.

    The person whose turn it is, or the next of the list who is working then. When nobody is, it stays the
    turn's own. People whose last day has passed are skipped without moving anybody else's turn, and so is who
    has left the department's user group and has no other role in it. Working means the person's own hours, else
    the department's. Absences (`away`, `cover`) are not the policy's to know.
    """
    known = policy.departments.get(department)
    if known is None or not known.duty:
        return None
    first = _turn(known, at) % len(known.duty)
    turns = (*known.duty[first:], *known.duty[:first])
    here = [who for who in turns if who in policy.people and _stands(policy.people[who], known, at)]
    working = (who for who in here if _works(policy.people[who], known, at))
    return next(working, here[0] if here else None)


def leads(policy: Policy, department: str, at: datetime | None = None) -> tuple[PersonId, ...]:
    """Its leads, company-wide ones last; with `at`, without those whose last day has passed."""
    return _holding(policy, department, frozenset({Role.LEAD}), at)


def members(policy: Policy, department: str, at: datetime | None = None) -> tuple[PersonId, ...]:
    """Everyone who may answer for it: members, leads, people with the duty role, externals; not viewers."""
    answering = frozenset({Role.MEMBER, Role.LEAD, Role.DUTY, Role.EXTERNAL})
    return _holding(policy, department, answering, at)


def champions(policy: Policy, community: str) -> tuple[PersonId, ...]:
    """The community's champion first, then the deputies in their order; nobody for an unknown community."""
    known = policy.communities.get(community)
    return tuple(dict.fromkeys((known.champion, *known.deputies))) if known else ()


def paged(policy: Policy, page: str, department: str, community: str, at: datetime) -> tuple[PersonId, ...]:
    """The people whom a step's `page` means for this department and community at `at`; it may be nobody."""
    if page == DUTY:
        duty = on_duty(policy, department, at)
        return (duty,) if duty else ()
    if page == LEAD:
        return leads(policy, department, at)
    if page in (CHAMPION, DEPUTIES):
        asked = champions(policy, community)
        asked = asked[:1] if page == CHAMPION else asked[1:]
    else:
        asked = (PersonId(page.lower()),)
    return tuple(who for who in asked if who in policy.people and is_active(policy.people[who], at))


def is_active(person: Person, at: datetime) -> bool:
    """Whether the person's last day, in their own zone, has not passed."""
    return person.until is None or at.astimezone(person.zone).date() <= person.until


def _holding(
    policy: Policy, department: str, wanted: frozenset[Role], at: datetime | None
) -> tuple[PersonId, ...]:
    people = [person for person in policy.people.values() if at is None or is_active(person, at)]
    held = [
        person.id
        for where in (department, COMPANY)
        for person in people
        if not wanted.isdisjoint(person.roles.get(where, frozenset()))
    ]
    return tuple(dict.fromkeys(held))


def _stands(person: Person, department: Department, at: datetime) -> bool:
    """Whether that person can have a turn. Without a user group, the policy's check has seen to the role."""
    held = (person.roles.get(where, frozenset()) for where in (department.name, COMPANY))
    return is_active(person, at) and (not department.groups or any(_TURNS & roles for roles in held))


def _works(person: Person, department: Department, at: datetime) -> bool:
    return (person.calendar or department.calendar).is_open(at)


def _turn(department: Department, at: datetime) -> int:
    """How many times duty has passed on since the anchor."""
    rotation = department.rotation
    if rotation is None:
        return 0
    every = 1 if rotation.weekday is None else 7
    first = _ANCHOR + timedelta(days=rotation.weekday or 0)
    today = at.astimezone(department.zone).date()
    latest = today - timedelta(days=(today - first).days % every)
    if at < local_moment(latest, rotation.at, department.zone):
        latest -= timedelta(days=every)
    return (latest - first).days // every
