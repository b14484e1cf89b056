"""Who stands for a department or a community right now. Pure: a policy and a moment in, people out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.case import Case
from bot.domain.people import COMPANY, Person, PersonId, Role
from bot.domain.times.calendar import local_moment
from bot.policy.model import Department, Policy
from bot.policy.plans import fallback_of
from bot.policy.presence import is_active, speaks, standing

__all__ = [
    "CHAMPION",
    "DEPUTIES",
    "DUTY",
    "LEAD",
    "PAGED",
    "champions",
    "duty_for",
    "is_active",
    "leads",
    "meant",
    "members",
    "on_duty",
    "paged",
    "turn_ends",
    "turn_of",
]

DUTY, LEAD, CHAMPION, DEPUTIES = "duty", "lead", "champion", "deputies"
PAGED: Final = (DUTY, LEAD, CHAMPION, DEPUTIES)
"""What an escalation step may page, beside one person's e-mail."""

# A fixed Monday to count turns from: whose turn it is must not depend on when the policy was loaded.
_ANCHOR: Final = date(2024, 1, 1)
_TURNS: Final = frozenset({Role.MEMBER, Role.LEAD, Role.DUTY})


def on_duty(policy: Policy, department: str, at: datetime, *, language: str | None = None) -> PersonId | None:
    """Whom the department turns to at `at` (aware); None when its list has nobody left.

    The person whose turn it is, or the next of the list who is working then; with `language`, first among those who
    work and speak it, where there is one. When nobody works, it stays the turn's own. People whose last day has
    passed are skipped without moving anybody else's turn, and so is who has left the department's user group and has
    no other role in it. Working means the person's own hours, else the department's. Who is away is stood for by
    their cover, where that one may have a turn here too; when the whole list is away, a lead is turned to, then the
    fallback of the department's escalation, who may be away but is somebody.
    """
    known = policy.departments.get(department)
    if known is None or not known.duty:
        return None
    turns = _turns(policy, known, at)
    if not turns:
        return None
    here = tuple(dict.fromkeys(who for each in turns if (who := _present(policy, known, each, at))))
    if not here:
        return _nobody_left(policy, department, at)
    working = [who for who in here if _works(policy.people[who], known, at)]
    fluent = (who for who in working if speaks(policy.people[who], language))
    return next(fluent, working[0] if working else here[0])


def turn_of(policy: Policy, department: str, at: datetime) -> PersonId | None:
    """Whose turn it is, at work or not: the first of the list who is not away, or is covered for; None for nobody."""
    known = policy.departments.get(department)
    if known is None:
        return None
    return next(
        (who for each in _turns(policy, known, at) if (who := _present(policy, known, each, at))), None
    )


def turn_ends(policy: Policy, department: str, at: datetime) -> datetime | None:
    """When duty passes on next (UTC), exact over DST; None where it does not."""
    known = policy.departments.get(department)
    if known is None or known.rotation is None or len(known.duty) < 2:
        return None
    every = 1 if known.rotation.weekday is None else 7
    first = _ANCHOR + timedelta(days=known.rotation.weekday or 0)
    return local_moment(first + timedelta(days=(_turn(known, at) + 1) * every), known.rotation.at, known.zone)


def duty_for(policy: Policy, case: Case, at: datetime) -> PersonId | None:
    """Whom the case's department turns to about this very case: one who can read it, where there is one."""
    return on_duty(policy, case.department, at, language=case.language)


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


def paged(
    policy: Policy, page: str, department: str, community: str, at: datetime, *, language: str | None = None
) -> tuple[PersonId, ...]:
    """The people whom a step's `page` means for this department and community at `at`; it may be nobody.

    For who is away their cover is asked; for a champion who is away without one, the first deputy who is here.
    """
    if page == DUTY:
        duty = on_duty(policy, department, at, language=language)
        return (duty,) if duty else ()
    there = (standing(policy, who, at) for who in meant(policy, page, department, community, at))
    found = tuple(dict.fromkeys(who for who in there if who is not None))
    if page == CHAMPION and not found:
        return paged(policy, DEPUTIES, department, community, at)[:1]
    return found


def meant(policy: Policy, page: str, department: str, community: str, at: datetime) -> tuple[PersonId, ...]:
    """Whom a step's `page` means, here or away."""
    if page == DUTY:
        known = policy.departments.get(department)
        return _turns(policy, known, at)[:1] if known else ()
    if page == LEAD:
        return leads(policy, department, at)
    if page in (CHAMPION, DEPUTIES):
        asked = champions(policy, community)
        asked = asked[:1] if page == CHAMPION else asked[1:]
    else:
        asked = (PersonId(page.lower()),)
    return tuple(who for who in asked if who in policy.people and is_active(policy.people[who], at))


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


def _turns(policy: Policy, department: Department, at: datetime) -> tuple[PersonId, ...]:
    """The list of who can have a turn, from the one whose turn it is; who is away is on it."""
    if not department.duty:
        return ()
    first = _turn(department, at) % len(department.duty)
    turns = (*department.duty[first:], *department.duty[:first])
    return tuple(who for who in turns if who in policy.people and _stands(policy.people[who], department, at))


def _present(policy: Policy, department: Department, person: PersonId, at: datetime) -> PersonId | None:
    """The person, or a cover who answers for this department as well: an agency's writer gets no duty by it."""
    there = standing(policy, person, at)
    if there is None or there == person:
        return there
    roles = policy.people[there].roles
    held = roles.get(department.name, frozenset()) | roles.get(COMPANY, frozenset())
    return there if _TURNS & held else None


def _nobody_left(policy: Policy, department: str, at: datetime) -> PersonId | None:
    """The whole list is away."""
    asked = (standing(policy, who, at) for who in leads(policy, department, at))
    found = next((who for who in asked if who is not None), None)
    last = fallback_of(policy, department)
    return found or (standing(policy, last, at) or last if last else None)


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
