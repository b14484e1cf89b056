"""What is offered while somebody types is what the grammar would read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.people import PersonId
from bot.grammar import Grammar, Setting
from bot.grammar.completion import Completer, Completion
from bot.ports import Place
from handlers import all_routes
from tests.desk import MONDAY, test_policy

POLICY = test_policy()
VERBS = tuple(all_routes().verbs.values())
COMPLETER = Completer(VERBS)


def setting(who: str = "ana@kettle.example", case: int | None = None) -> Setting:
    person = POLICY.people[PersonId(who)]
    place = Place(platform="web", conversation="support", department="support", case_id=case)
    return Setting(policy=POLICY, person=person, place=place, now=MONDAY, zone=person.zone)


def offered(text: str, **where: Any) -> list[str]:
    return [option.value for option in completed(text, **where).options]


def completed(text: str, who: str = "ana@kettle.example", case: int | None = None) -> Completion:
    return COMPLETER.complete(text, setting(who, case))


def test_verbs_by_their_beginning_with_their_grammar() -> None:
    found = completed("hando")
    assert [option.value for option in found.options][:1] == ["handoff"]
    assert found.options[0].label.startswith("handoff <case> <department>")
    assert found.start == 0


def test_a_number_of_a_case_is_left_to_who_knows_cases() -> None:
    found = completed("claim 10")
    assert (found.slot, found.verb, found.typed, found.start) == ("case", "claim", "10", 6)
    assert completed("claim ").slot == "case"
    assert completed("claim marta").typed == "marta"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handoff 1001 ", ["support", "pr", "legal", "sales"]),
        ("handoff 1001 sa", ["sales"]),
        ("handoff 1001 press", ["pr"]),
        ("handoff 1001 to le", ["legal"]),
        ("resolve 1001 ans", ["answered"]),
        ("wait 1001 cu", ["customer"]),
        ("priority 1001 ", ["P1", "P2", "P3", "P4"]),
        ("assign 1001 okaf", ["ben@kettle.example"]),
        ("who any", ["everywhere"]),
        ("list op", ["open"]),
        ("list open su", ["support"]),
        ("help notou", ["notours"]),
        ("note 1001 sales", []),
        ("nonsense 1001 ", []),
    ],
)
def test_each_slot_offers_what_it_reads(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_moments_say_what_they_mean() -> None:
    found = {option.value: option.detail for option in completed("snooze 1001 tom").options}
    assert found["tomorrow 9:00"] == "Tue 09:00"
    assert completed("snooze 1001 tomorrow 11:30").options[0].detail == "Tue 11:30"
    # Nine in the morning is over for who lives in Tokyo, so nothing that has passed is offered there.
    assert "today 17:00" not in offered("snooze 1001 today", who="hana@kettle.example")


def test_in_a_thread_the_case_may_be_left_out() -> None:
    assert [option.value for option in completed("handoff sal", case=1001).options] == ["sales"]
    assert [option.value for option in completed("handoff 1001 sal", case=1001).options] == ["sales"]


def test_who_comes_from_outside_is_offered_their_own_world_only() -> None:
    assert offered("who ", who="eli@agency.example") == ["x-kettle"]
    people = offered("assign 1001 ", who="eli@agency.example")
    assert "finn@kettle.example" in people
    assert "dana@kettle.example" not in people


def test_nothing_that_is_typed_breaks_it() -> None:
    for text in ("", " ", "\u202e", "claim \x00", "/", "снуз 1001 ", "handoff " + "9" * 400, "wait " * 200):
        COMPLETER.complete(text, setting())


def test_what_is_offered_can_be_said() -> None:
    grammar = Grammar(VERBS)
    for begun in (
        "handoff 1001 ",
        "resolve 1001 ",
        "snooze 1001 ",
        "wait 1001 ",
        "assign 1001 ",
        "who ",
        "list ",
    ):
        found = completed(begun)
        assert found.options, begun
        for option in found.options:
            grammar.read(begun[: found.start] + option.value, setting())
