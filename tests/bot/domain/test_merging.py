"""Merging by pointer, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case, must_be_open
from bot.domain.claim import claim
from bot.domain.events import Kind
from bot.domain.parts import Priority, State
from bot.domain.people import Role
from bot.domain.refusals import Closed, NotAllowed
from bot.domain.roles import DESK
from bot.domain.service import check, next_moment, promise, respond
from bot.domain.surges.merge_refusals import (
    Absorbed,
    MergedLongAgo,
    MergedOn,
    MergedWithItself,
    NotMerged,
    SeenByOthers,
)
from bot.domain.surges.merging import can_take_back, led_by, merge, newest_merge, separate
from bot.domain.surges.surge import begin_surge, counted, must_page, page, paged_for, told_of
from tests.bot.domain.made import ANA, BEN, HOUR, LEASE, MINUTE, NOW, SERVICE, a_case, actor, kinds, saved

LATER = NOW + 30 * MINUTE


def case(number: int, since: datetime = NOW, **changes: Any) -> Case:
    return saved(replace(a_case(), id=number, service=promise(since, SERVICE), opened_at=since, **changes))


def merged(target: Case, other: Case, at: datetime = LATER, **by: Any) -> tuple[Case, Case]:
    given = {"by": ANA, "terms": SERVICE, "lease": LEASE, **by}
    first, second = merge(target, other, "same outage", at=at, **given)
    return saved(first), saved(second)


def parted(target: Case, other: Case, at: datetime = LATER) -> tuple[Case, Case]:
    first, second = separate(target, other, by=BEN, at=at, lease=LEASE, service_terms=SERVICE)
    return saved(first), saved(second)


def test_the_other_case_ends_in_the_target_and_keeps_what_is_its_own() -> None:
    other = saved(claim(case(1043), by=BEN, at=NOW, lease=LEASE))
    other = saved(replace(escalate(other, "fire", "standard", by=BEN, at=NOW)))
    target, gone = merge(case(1042), other, "same outage", by=ANA, at=LATER, terms=SERVICE, lease=LEASE)
    assert (target.absorbed, target.mentions) == ((1043,), 2)
    assert (gone.merged_into, gone.state, gone.mentions) == (1042, State.DISMISSED, 1)
    assert gone.lease is None and not gone.escalating and next_moment(gone) is None
    assert Kind.DISMISSED not in kinds(gone) and kinds(gone)[-1] is Kind.MERGED_INTO
    assert kinds(target) == [Kind.MERGED]
    with pytest.raises(Absorbed) as refused:
        claim(gone, by=BEN, at=LATER, lease=LEASE)
    assert "1042" in str(refused.value.into)
    with pytest.raises(Absorbed):
        must_be_open(gone)


def test_the_customer_who_wrote_first_keeps_the_promise() -> None:
    early, late = case(1043, since=NOW - 20 * MINUTE), case(1042)
    target, _ = merged(late, early)
    assert target.service.first_due == early.service.first_due
    same, _ = merged(early, late)
    assert same.service.first_due == early.service.first_due


def test_whoever_was_not_answered_is_still_promised() -> None:
    answered = saved(respond(case(1042), BEN, NOW + MINUTE))
    waiting = case(1043, since=NOW + 5 * MINUTE)
    target, _ = merged(answered, waiting)
    assert target.service.responded_at is None
    assert target.service.first_due == waiting.service.first_due
    still, _ = merged(waiting, answered)
    assert still.service == waiting.service


def test_the_more_urgent_priority_holds() -> None:
    target, _ = merged(case(1042), case(1043, priority=Priority.P1, marks=("legal",)))
    assert (target.priority, target.marks) == (Priority.P1, ("legal",))
    back, other = parted(target, _)
    assert (back.priority, back.marks, other.priority) == (Priority.P3, (), Priority.P1)


def test_refusals() -> None:
    with pytest.raises(MergedWithItself):
        merged(case(1042), case(1042))
    with pytest.raises(Closed):
        merged(case(1042, state=State.RESOLVED), case(1043))
    with pytest.raises(SeenByOthers):
        merged(case(1042, restricted_to=("legal",)), case(1043))
    with pytest.raises(NotAllowed):
        merged(case(1042), case(1043), by=BEN)
    with pytest.raises(NotAllowed):
        merged(case(1042, department="sales"), case(1043))
    both = actor("cleo", support=Role.LEAD, sales=Role.LEAD)
    assert merged(case(1042, department="sales"), case(1043), by=both)[0].absorbed == (1043,)
    target, gone = merged(case(1042), case(1043))
    with pytest.raises(Absorbed):
        merged(case(1044), gone)
    with pytest.raises(NotMerged):
        parted(target, case(1044))


def test_a_chain_is_flat_and_comes_apart_in_its_order() -> None:
    second, first = merged(case(1043), case(1044))
    target, middle = merged(case(1042), second)
    assert target.absorbed == (1043, 1044) and target.mentions == 3
    first = led_by(first, 1042)
    with pytest.raises(MergedOn) as refused:
        parted(target, first)
    assert refused.value.former == 1043
    target, middle = parted(target, middle)
    assert (target.absorbed, target.mentions, middle.absorbed, middle.mentions) == ((), 1, (1044,), 2)
    middle, first = parted(middle, led_by(first, 1043))
    assert (middle.absorbed, first.state) == ((), State.OPEN)


def test_a_day_later_it_is_too_late() -> None:
    target, gone = merged(case(1042), case(1043))
    assert newest_merge(target, LATER + timedelta(hours=24)).other == 1043
    assert can_take_back(gone, LATER + timedelta(hours=24))
    with pytest.raises(MergedLongAgo):
        newest_merge(target, LATER + timedelta(hours=24, seconds=1))
    assert not can_take_back(gone, LATER + timedelta(hours=24, seconds=1))
    with pytest.raises(NotMerged):
        newest_merge(case(1042), LATER)


_KEPT = (
    "absorbed", "merges", "mentions", "reposts", "marks", "priority", "service", "department", "opened_at",
    "merged_into", "cause",
)  # fmt: skip

others = st.lists(
    st.tuples(
        st.integers(-60, 25),
        st.sampled_from(Priority),
        st.sets(st.sampled_from(["legal", "vip"])),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@given(others, st.booleans(), st.sampled_from(Priority))
def test_taking_all_back_in_order_restores_everything(
    found: list[tuple[int, Priority, set[str], bool]], answered: bool, priority: Priority
) -> None:
    target = case(1042, priority=priority)
    target = saved(respond(target, BEN, NOW)) if answered else target
    steps, gone = [target], list[tuple[Case, Case]]()
    for number, (minutes, urgent, marks, replied) in enumerate(found, 1043):
        other = case(number, NOW + minutes * MINUTE, priority=urgent, marks=tuple(sorted(marks)))
        other = saved(respond(other, BEN, LATER)) if replied else other
        target, absorbed = merged(target, other)
        unanswered = [c for c in (*steps[:1], *(o for o, _ in gone), other) if c.service.responded_at is None]
        if unanswered:
            assert target.service.first_due <= min(c.service.first_due for c in unanswered)
            assert target.service.responded_at is None
        gone.append((other, absorbed))
        steps.append(target)
    for (other, absorbed), before in zip(reversed(gone), reversed(steps[:-1]), strict=True):
        target, back = parted(target, absorbed)
        assert {n: getattr(target, n) for n in _KEPT} == {n: getattr(before, n) for n in _KEPT}
        assert {n: getattr(back, n) for n in _KEPT} == {n: getattr(other, n) for n in _KEPT}
        assert back.alone and back.state is State.OPEN


@given(others, st.randoms())
def test_in_any_order_the_counts_are_right_and_no_promise_gets_later(
    found: list[tuple[int, Priority, set[str], bool]], chance: Any
) -> None:
    target, gone = case(1042), list[Case]()
    for number, (minutes, urgent, marks, _) in enumerate(found, 1043):
        other = case(number, NOW + minutes * MINUTE, priority=urgent, marks=tuple(sorted(marks)))
        target, absorbed = merged(target, other)
        gone.append(absorbed)
    chance.shuffle(gone)
    for left in range(len(gone) - 1, -1, -1):
        target, back = parted(target, gone[left])
        remaining = gone[:left]
        assert target.mentions == 1 + left and set(target.absorbed) == {c.id for c in remaining}
        assert target.service.first_due <= min(c.service.first_due for c in (case(1042), *remaining))
        assert back.mentions == 1


def test_an_owner_has_the_case_again() -> None:
    held = saved(claim(case(1043), by=BEN, at=NOW, lease=LEASE))
    target, gone = merged(case(1042), held)
    _, back = parted(target, gone, at=LATER + HOUR)
    assert (back.state, back.owner) == (State.CLAIMED, BEN.id)
    assert back.lease is not None and back.lease.until == LATER + 2 * HOUR


def test_what_was_answered_or_missed_meanwhile_stays_so() -> None:
    target, gone = merged(case(1042), case(1043, since=NOW - 20 * MINUTE))
    answered = saved(respond(target, BEN, LATER))
    back, _ = parted(answered, gone)
    assert back.service.responded_at == LATER
    late = saved(check(target, at=NOW + 45 * MINUTE))
    assert "first_missed" in late.service.told
    back, _ = parted(late, gone)
    assert back.service.first_due == case(1042).service.first_due


# -- surges ------------------------------------------------------------------------------------------


def test_one_cause_pages_once_then_at_double_and_never_for_two() -> None:
    surging = begin_surge(case(1042), copies=5, since=NOW, why="five", at=NOW)
    paged = []
    for copies in range(6, 60):
        surging = counted(surging, "", since=NOW)
        if must_page(surging.cause, "", first=25, floor=5):
            surging = paged_for(surging, "")
            paged.append(copies)
    assert paged == [25, 50]
    assert told_of(surging.cause, "").copies == 59
    first = paged_for(counted(case(1042), "legal", since=NOW), "legal")
    assert not must_page(counted(first, "legal", since=NOW).cause, "legal", first=1, floor=5)


def test_paged_again_the_next_step_is_due_at_once() -> None:
    calm = page(case(1042), "ten of them", "standard", at=NOW)
    assert calm.escalating and kinds(calm) == [Kind.ESCALATED]
    acked = replace(calm, escalation=replace(calm.escalation, acked_by=ANA.id, acked_at=NOW, climb_at=LATER))  # type: ignore[type-var]
    again = page(acked, "twenty of them", "standard", at=NOW + MINUTE)
    assert again.escalation is not None
    assert (again.escalation.climb_at, again.escalation.acked_by, again.escalation.why) == (
        NOW + MINUTE,
        None,
        "twenty of them",
    )
    spent = replace(calm, escalation=replace(calm.escalation, climb_at=None))  # type: ignore[type-var]
    assert page(spent, "forty", "standard", at=LATER).escalation.started_at == LATER  # type: ignore[union-attr]


def test_the_desk_may_merge() -> None:
    assert merged(case(1042), case(1043), by=DESK)[0].absorbed == (1043,)
