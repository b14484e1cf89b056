"""Who sees which conversations, and where words spoken there are heard."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from adapters.web.conversations import conversations, place_of, position
from bot.domain.people import Person, PersonId, Role
from bot.policy.model import Department, Policy
from bot.ports import Place
from tests.desk import test_policy

POLICY = test_policy()


def a_person(**roles: Role) -> Person:
    held = {where: frozenset({role}) for where, role in roles.items()}
    return Person(id=PersonId("x@kettle.example"), name="X", zone=ZoneInfo("Europe/London"), roles=held)


def names(person: Person, policy: Policy = POLICY) -> list[str]:
    return [each.name for each in conversations(policy, person)]


def with_departments(**changes: Department) -> Policy:
    return replace(POLICY, departments={**POLICY.departments, **changes})


def test_the_own_come_first() -> None:
    assert names(a_person(sales=Role.MEMBER))[:2] == ["@x@kettle.example", "sales"]
    listed = conversations(POLICY, a_person(sales=Role.MEMBER))
    assert [each.name for each in listed if each.own] == ["@x@kettle.example", "sales"]


def test_restricted_channels_are_for_their_own_people() -> None:
    policy = with_departments(legal=replace(POLICY.departments["legal"], restricted=True))
    assert "legal" not in names(a_person(sales=Role.LEAD), policy)
    assert "legal" in names(a_person(legal=Role.VIEWER), policy)
    assert "legal" in names(a_person(company=Role.CHAMPION), policy)


def test_externals_see_no_channel_for_it_shows_every_communitys_cases() -> None:
    assert names(a_person(sales=Role.EXTERNAL)) == ["@x@kettle.example"]


def test_a_department_without_a_web_channel_has_none() -> None:
    policy = with_departments(sales=replace(POLICY.departments["sales"], channels={"slack": "C1"}))
    assert "sales" not in names(a_person(sales=Role.LEAD), policy)


def test_two_departments_may_share_a_channel() -> None:
    policy = with_departments(sales=replace(POLICY.departments["sales"], channels={"web": "support"}))
    assert names(a_person(support=Role.LEAD), policy).count("support") == 1


def test_places_are_those_of_the_desk() -> None:
    person = a_person(support=Role.LEAD)
    direct, support, *_ = conversations(POLICY, person)
    assert place_of(direct, person) == Place(
        platform="web", conversation="@x@kettle.example", person=person.id
    )
    expected = Place(platform="web", conversation="support", department="support", case_id=7)
    assert place_of(support, person, 7) == expected


def test_a_position_says_the_most_important_first() -> None:
    assert position(POLICY, a_person(support=Role.LEAD)) == "Support lead"
    assert position(POLICY, a_person(company=Role.ADMIN)) == "Administrator"
    assert position(POLICY, replace(a_person(), title="Chief")) == "Chief"
    three = a_person(support=Role.LEAD, sales=Role.VIEWER, pr=Role.MEMBER)
    assert position(POLICY, three) == "Support lead, Sales viewer and more"
    assert position(POLICY, a_person()) == ""
