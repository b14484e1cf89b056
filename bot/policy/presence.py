"""Who is there: at work by the clock, away by their own word, or covered by somebody. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import Person, PersonId
from bot.domain.times.calendar import Calendar, NeverOpen
from bot.policy.model import Policy


def is_active(person: Person, at: datetime) -> bool:
    """Whether the person's last day, in their own zone, has not passed."""
    return person.until is None or at.astimezone(person.zone).date() <= person.until


def is_away(policy: Policy, person: PersonId, at: datetime) -> bool:
    """Whether they said that they are away at `at`."""
    return policy.absences.of(person, at) is not None


def standing(policy: Policy, person: PersonId, at: datetime) -> PersonId | None:
    """The person when they are here, else who covers for them, and for that one in turn; None for nobody.

    Who left the company, or never belonged to it, stands for nobody.
    """
    asked: set[PersonId] = set()
    who: PersonId | None = person
    while who is not None and who not in asked:
        known = policy.people.get(who)
        if known is None or not is_active(known, at):
            return None
        absence = policy.absences.of(who, at)
        if absence is None:
            return who
        asked.add(who)
        who = absence.cover_at(at)
    return None


def hours_of(policy: Policy, person: PersonId, department: str) -> Calendar:
    """When that person works: their own hours, else those of the department, else the company's."""
    known, home = policy.people.get(person), policy.departments.get(department)
    own = known.calendar if known else None
    return own or (home.calendar if home else policy.company.calendar)


def at_work(policy: Policy, person: PersonId, department: str, at: datetime) -> bool:
    """Whether the clock and their own word say that they work at `at`."""
    return hours_of(policy, person, department).is_open(at) and not is_away(policy, person, at)


def works_again(policy: Policy, person: PersonId, department: str, at: datetime) -> datetime | None:
    """The next moment (UTC) from `at` on at which they work; None when no such moment is known."""
    absence = policy.absences.of(person, at)
    if absence is not None and absence.until is None:
        return None
    start = absence.until if absence is not None and absence.until is not None else at
    try:
        return hours_of(policy, person, department).next_open(start)
    except NeverOpen:
        return None


def speaks(person: Person | None, language: str | None) -> bool:
    """Whether they can read it. Where the policy or the post names no language, nothing stands in the way."""
    if person is None or language is None or not person.languages:
        return True
    return base(language) in {base(each) for each in person.languages}


def base(language: str) -> str:
    """es for es-MX."""
    return language.replace("_", "-").split("-")[0].lower()
