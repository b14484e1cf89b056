"""Who is paged next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.alarms.escalation import Rung
from bot.domain.case import Case
from bot.domain.parts import Escalation, Priority
from bot.domain.people import PersonId
from bot.domain.service import promise
from bot.policy import terms
from bot.policy.ladder import escalation_policy_by_hand, escalation_policy_for, rung
from bot.policy.model import EscalationPolicy, Policy, Step
from bot.policy.roster import Roster
from tests.desk import test_policy as a_policy

DAY = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
ANA, BEN, CLEO, DANA, FINN = (
    PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "cleo", "dana", "finn")
)
P1, P2, P3, P4 = Priority
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return a_policy()


def escalated(
    policy: Policy,
    plan: str = "standard",
    *,
    priority: Priority = P1,
    department: str = "support",
    **state: object,
) -> Case:
    return Case(
        id=1042,
        community="x-kettle",
        department=department,
        priority=priority,
        opened_at=DAY,
        service=promise(DAY, terms.service(policy, "support", priority)),
        escalation=Escalation(policy=plan, why="why", by=BEN, started_at=DAY, climb_at=DAY, **state),  # type: ignore[arg-type]
    )


def with_plan(policy: Policy, *steps: Step, repeat: int = 0) -> Policy:
    plan = EscalationPolicy(name="mine", steps=steps, fallback=ANA, repeat=repeat)
    return replace(policy, escalations={**policy.escalations, "mine": plan})


def test_the_standard_ladder_is_climbed_twice_and_ends_at_every_lead(policy: Policy) -> None:
    seen, step, round_, at = [], 0, 0, DAY
    while True:
        found = rung(policy, escalated(policy, step=step, round=round_), at)
        seen.append((found.people, found.round, found.last))
        if found.next_at is None:
            break
        step, round_, at = found.step + 1, found.round, found.next_at
    once = [(ANA,), (ANA,), (DANA,), (CLEO,)]
    assert seen[:4] == [(people, 0, False) for people in once]
    assert seen[4:8] == [(people, 1, False) for people in once]
    assert seen[8:] == [((ANA, CLEO, FINN), 1, True)]
    assert at == DAY + 2 * timedelta(minutes=5 + 5 + 10 + 10)


def test_after_an_acknowledgement_of_the_last_rung_every_lead_is_paged_again(policy: Policy) -> None:
    last = rung(policy, escalated(policy, step=4, round=1), DAY)
    assert rung(policy, escalated(policy, step=last.step + 1, round=last.round), DAY) == last


def test_a_step_without_wait_waits_as_long_as_an_acknowledgement_buys(policy: Policy) -> None:
    found = rung(policy, escalated(policy, "calm", step=2), DAY)
    assert found == Rung(step=2, round=0, people=(DANA,), next_at=DAY + policy.defaults.acknowledge_buys)


def test_only_what_wakes_people_is_sent_at_night(policy: Policy) -> None:
    assert rung(policy, escalated(policy, priority=P1), NIGHT).people == (ANA,)
    waits = rung(policy, escalated(policy, priority=P2), NIGHT)
    assert waits == Rung(step=0, round=0, people=(), next_at=NIGHT.replace(hour=7))  # Support opens at seven
    champion = rung(policy, escalated(policy, priority=P2, step=2), NIGHT)
    assert champion.next_at == NIGHT.replace(hour=9)  # the company's hours


def test_a_persons_own_hours_come_first(policy: Policy) -> None:
    early = policy.departments["support"].calendar
    dana = replace(policy.people[DANA], calendar=early)
    policy = replace(policy, people=Roster({**policy.people, DANA: dana}))
    assert rung(policy, escalated(policy, priority=P2, step=2), NIGHT).next_at == NIGHT.replace(hour=7)


def test_of_several_those_at_work_are_paged(policy: Policy) -> None:
    always = replace(policy.people[ANA], calendar=type(policy.company.calendar).always(policy.company.zone))
    policy = with_plan(
        replace(policy, people=Roster({**policy.people, ANA: always})),
        Step(page="lead", wait=MINUTE),
        Step(page="duty"),
    )
    people = {**policy.people, BEN: replace(policy.people[BEN], roles=policy.people[ANA].roles)}
    policy = replace(policy, people=Roster(people))
    assert set(rung(policy, escalated(policy, "mine", priority=P1), NIGHT).people) == {ANA, BEN}
    assert rung(policy, escalated(policy, "mine", priority=P2), NIGHT).people == (ANA,)


def test_a_step_that_finds_nobody_pages_the_fallback(policy: Policy) -> None:
    nobody = {**policy.departments, "support": replace(policy.departments["support"], duty=())}
    policy = replace(policy, departments=nobody)
    policy = with_plan(policy, Step(page="duty", wait=MINUTE), Step(page="gone@kettle.example", wait=MINUTE))
    assert rung(policy, escalated(policy, "mine"), DAY).people == (ANA,)
    assert rung(policy, escalated(policy, "mine", step=1), DAY).people == (ANA,)


def test_a_fallback_that_is_gone_too_leads_to_the_next_step(policy: Policy) -> None:
    policy = with_plan(
        policy, Step(page="gone@kettle.example", wait=MINUTE), Step(page="champion", wait=MINUTE)
    )
    people = {who: person for who, person in policy.people.items() if who != ANA}
    policy = replace(policy, people=Roster(people))
    assert rung(policy, escalated(policy, "mine"), DAY).people == (DANA,)


def test_who_passed_is_not_asked_again(policy: Policy) -> None:
    found = rung(policy, escalated(policy, step=1, passed_by=(ANA,)), DAY)
    assert (found.step, found.people) == (2, (DANA,))


def test_a_named_person_can_be_paged(policy: Policy) -> None:
    policy = with_plan(policy, Step(page="finn@kettle.example", wait=MINUTE))
    assert rung(policy, escalated(policy, "mine"), DAY).people == (FINN,)


def test_a_policy_that_was_dropped_ends_at_every_lead(policy: Policy) -> None:
    found = rung(policy, escalated(policy, "dropped"), DAY)
    assert found.last
    assert found.people == (ANA, CLEO, FINN)


def test_the_last_rung_wakes_for_p1_only(policy: Policy) -> None:
    assert rung(policy, escalated(policy, "dropped", priority=P1), NIGHT).last
    calm = rung(policy, escalated(policy, "dropped", priority=P2), NIGHT)
    assert (calm.people, calm.last, calm.next_at) == ((), False, NIGHT.replace(hour=9))


def test_a_department_that_is_gone_still_pages(policy: Policy) -> None:
    assert rung(policy, escalated(policy, department="gone"), DAY).people == (ANA,)  # the fallback


def test_a_case_without_an_escalation_has_no_rung(policy: Policy) -> None:
    with pytest.raises(ValueError, match="1042"):
        rung(policy, replace(escalated(policy), escalation=None), DAY)


@pytest.mark.parametrize(
    ("department", "priority", "by_desk", "by_hand"),
    [
        ("support", P4, "standard", "standard"),  # the department's own
        ("sales", P1, "standard", "standard"),
        ("sales", P2, "calm", "calm"),
        ("sales", P3, None, "standard"),
        ("gone", P4, None, "standard"),
    ],
)
def test_which_escalation(
    policy: Policy, department: str, priority: Priority, by_desk: str | None, by_hand: str
) -> None:
    assert escalation_policy_for(policy, department, priority) == by_desk
    assert escalation_policy_by_hand(policy, department, priority) == by_hand
