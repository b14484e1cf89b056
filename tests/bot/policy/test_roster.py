"""The live part of a policy: whom groups add, and whom the desk met."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.people import Person, PersonId, Role
from bot.policy.roster import Roster

ZONE = ZoneInfo("Europe/London")
MEMBER, LEAD, EXTERNAL = (frozenset({role}) for role in (Role.MEMBER, Role.LEAD, Role.EXTERNAL))


def person(name: str, **roles: frozenset[Role]) -> Person:
    return Person(id=PersonId(f"{name}@kettle.example"), name=name, zone=ZONE, roles=roles)


ANA, ELI, ZOE = person("ana", support=LEAD), person("eli", sales=EXTERNAL), person("zoe")


def roster() -> Roster:
    return Roster({each.id: each for each in (ANA, ELI)})


def test_it_is_the_policys_people_at_first() -> None:
    people = roster()
    assert dict(people) == {ANA.id: ANA, ELI.id: ELI}
    assert (len(people), people.get(ZOE.id), people.known(ANA.id)) == (2, None, ANA)


def test_a_group_adds_the_role_to_what_people_have() -> None:
    people = roster()
    people.adopt("slack", {"support": [ANA, ZOE], "sales": [ANA, ZOE]})
    assert people[ANA.id].roles == {"support": LEAD | MEMBER, "sales": MEMBER}
    assert people[ZOE.id].roles == {"support": MEMBER, "sales": MEMBER}
    assert list(people) == [ANA.id, ELI.id, ZOE.id], "the policy's own people come first"
    assert people.named(ANA.id) == ANA
    assert people.named(ZOE.id) is None


def test_what_a_group_does_not_give_any_more_is_gone() -> None:
    people = roster()
    people.adopt("slack", {"sales": [ANA, ZOE]})
    people.adopt("slack", {"sales": []})
    assert dict(people) == {ANA.id: ANA, ELI.id: ELI}


def test_platforms_do_not_take_from_one_another() -> None:
    people = roster()
    people.adopt("slack", {"sales": [ZOE]})
    people.adopt("teams", {"support": [ZOE]})
    people.adopt("slack", {})
    assert people[ZOE.id].roles == {"support": MEMBER}


def test_a_group_makes_no_member_of_an_external() -> None:
    people = roster()
    people.adopt("slack", {"sales": [ELI], "support": [ELI]})
    assert people[ELI.id] == ELI


def test_whoever_is_reading_goes_on_with_what_they_began() -> None:
    people = roster()
    people.adopt("slack", {"sales": [ZOE]})
    reading = iter(people)
    next(reading)
    people.adopt("slack", {})
    assert ZOE.id in list(reading)
    assert ZOE.id not in people


def test_whom_the_desk_met_has_a_name_and_no_place_among_the_people() -> None:
    people = roster()
    people.meet(ZOE, person("ana"))
    assert people.known(ZOE.id) == ZOE
    assert people.known(ANA.id) == ANA, "the policy knows better"
    assert ZOE.id not in people
    assert len(people) == 2


def test_it_says_little_of_itself() -> None:
    assert "kettle" not in repr(roster())
