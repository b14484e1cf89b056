"""[people]: who there is, and their roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.domain.people import Person, PersonId, Role
from bot.domain.times.calendar import Calendar
from bot.policy.fields import Table
from bot.policy.sections.company import read_calendar, read_languages

EMAIL: Final = re.compile(r"[^@\s\"<>]+@[^@\s\"<>]+\.[^@\s\"<>.]+")


class Platform(StrEnum):
    """The chats that the desk lives in."""

    SLACK = "slack"
    TEAMS = "teams"
    WEB = "web"


def read_people(table: Table, base: Calendar) -> Mapping[PersonId, Person]:
    """The people by their e-mail in lower case; one named twice is told and the first kept."""
    people: dict[PersonId, Person] = {}
    spelled: dict[PersonId, str] = {}
    if not table.raw:
        table.problems.mistake((), 'there are no people: write [people."ana@aurora.example"] for each')
    for email, inner in table.named_tables():
        who = PersonId(email.strip().lower())
        person = _person(who, inner, base)
        if not EMAIL.fullmatch(who):
            inner.problems.mistake(inner.path, 'this is not an e-mail: write [people."ana@aurora.example"]')
        if who in people:
            told = f'this is the same person as "{spelled[who]}": keep one of the two'
            inner.problems.mistake(inner.path, told)
        people.setdefault(who, person)
        spelled.setdefault(who, email)
    return people


def _person(who: PersonId, table: Table, base: Calendar) -> Person:
    zone = table.zone("timezone", base.zone)
    calendar = read_calendar(table, zone, base)
    prefers = table.choice("prefers", Platform)
    person = Person(
        id=who,
        name=table.needed("name", "write the name that colleagues see"),
        zone=zone,
        languages=read_languages(table),
        calendar=calendar if table.has("hours") else None,
        roles=_roles(table.table("roles")),
        communities=table.texts("communities"),
        until=table.day("until"),
        title=table.text("title") or None,
        phone=table.text("phone") or None,
        prefers=str(prefers) if prefers else None,
        writes_as=table.texts("writes_as"),
    )
    if table.has("holidays") and not table.has("hours"):
        table.problems.mistake(
            table.at("holidays"), "holidays of a person need that person's hours beside them"
        )
    table.done()
    return person


def _roles(table: Table) -> Mapping[str, frozenset[Role]]:
    """Department, or "company", to the roles there; whether the departments exist is checked later."""
    return {name: roles for name in table.raw if (roles := table.choices(name, Role, one=True))}
