"""Waiting and snoozing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import pause as moves
from bot.domain.alarms.escalation import Rung, acknowledge, climb, escalate
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import WaitingFor
from bot.domain.refusals import NotAllowed, NotClaimed, NotInFuture, NotYours
from bot.domain.roles import Actor
from tests.bot.domain.made import (
    ANA,
    BEN,
    HANA,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    SERVICE,
    VERA,
    a_case,
    claimed,
    kinds,
    saved,
)


def waiting(case: Case, on: WaitingFor = WaitingFor.CUSTOMER, *, by: Actor = BEN, until: int = 24) -> Case:
    return moves.wait(
        case, on, NOW + until * HOUR, by=by, at=NOW + 30 * MINUTE, lease=LEASE, service_terms=SERVICE
    )


def snoozed(case: Case, *, by: Actor = BEN, until: int = 2) -> Case:
    return moves.snooze(case, NOW + until * HOUR, by=by, at=NOW + 30 * MINUTE, lease=LEASE)


def woken(case: Case, hours: int) -> Case:
    return moves.wake_if_due(case, at=NOW + hours * HOUR, lease=LEASE, service_terms=SERVICE)


def test_waiting_for_the_customer_says_that_they_were_answered() -> None:
    case = waiting(claimed(BEN))
    assert kinds(case) == [Kind.RESPONDED, Kind.WAITING]
    assert case.service.responded_at == NOW + 30 * MINUTE
    assert case.pending[0].data == {"in_time": True}
    assert kinds(waiting(saved(case))) == [Kind.WAITING]


def test_waiting_for_others_does_not() -> None:
    assert waiting(claimed(BEN), WaitingFor.DEPARTMENT).service.responded_at is None


def test_an_answer_that_comes_late_is_counted_as_late() -> None:
    case = claimed(BEN)
    late = replace(case, service=replace(case.service, first_due=NOW + 29 * MINUTE))
    assert waiting(late).pending[0].data == {"in_time": False}


def test_waiting_renews_and_pauses_the_lease_and_pauses_the_resolve_clock() -> None:
    case = waiting(claimed(BEN))
    assert case.lease is not None
    assert case.lease.left == HOUR
    assert case.service.resolve_left == 3 * HOUR + 30 * MINUTE


@pytest.mark.parametrize(
    ("case", "by", "refusal"),
    [(a_case(), BEN, NotClaimed), (claimed(BEN), HANA, NotYours), (claimed(BEN), VERA, NotAllowed)],
)
def test_who_cannot_set_it_waiting(case: Case, by: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        waiting(case, by=by)


@pytest.mark.parametrize("move", [waiting, snoozed])
def test_until_a_moment_to_come(move: object) -> None:
    with pytest.raises(NotInFuture):
        move(claimed(BEN), until=0)  # type: ignore[operator]


def test_waiting_answers_an_acknowledged_page() -> None:
    case = escalate(claimed(BEN), "why", "standard", by=BEN, at=NOW)
    case = climb(case, Rung(step=0, round=0, people=(BEN.id,), next_at=NOW + HOUR), at=NOW)
    case = acknowledge(case, by=BEN, at=NOW, buys=HOUR)
    assert not waiting(case, WaitingFor.APPROVAL).escalating


def test_it_wakes_at_its_moment_and_its_clocks_go_on() -> None:
    case = saved(waiting(claimed(BEN)))
    assert moves.wake_at(case) == NOW + 24 * HOUR
    assert woken(case, 23) is case
    case = woken(case, 24)
    assert (case.waiting, kinds(case)) == (None, [Kind.WOKEN])
    assert case.lease is not None
    assert (case.lease.left, case.lease.until) == (None, NOW + 25 * HOUR)
    assert case.service.resolve_left is None
    assert case.service.resolve_due == NOW + 27 * HOUR + 30 * MINUTE
    assert case.service.resolve_warn_at == NOW + 26 * HOUR + 30 * MINUTE  # three hours of four


def test_anyone_of_the_department_snoozes_what_nobody_owns() -> None:
    case = snoozed(a_case(), by=HANA)
    assert (case.snoozed_until, kinds(case)) == (NOW + 2 * HOUR, [Kind.SNOOZED])
    with pytest.raises(NotYours):
        snoozed(claimed(BEN), by=HANA)
    assert snoozed(claimed(BEN), by=ANA).snoozed_until


def test_a_snooze_pauses_the_lease_but_not_the_promise() -> None:
    case = snoozed(claimed(BEN))
    assert case.lease is not None
    assert case.lease.left == 30 * MINUTE
    assert case.service == claimed(BEN).service


def test_each_rest_ends_at_its_own_moment() -> None:
    both = saved(waiting(snoozed(claimed(BEN)), WaitingFor.APPROVAL))
    assert moves.wake_at(both) == NOW + 2 * HOUR
    first = saved(woken(both, 2))
    assert first.snoozed_until is None
    assert first.waiting is not None
    assert first.lease is not None
    assert first.lease.left is not None
    assert first.service.resolve_left is not None
    last = woken(first, 24)
    assert (last.waiting, last.service.resolve_left) == (None, None)


def test_waking_what_is_awake_changes_nothing() -> None:
    case = a_case()
    assert moves.wake(case, at=NOW, lease=LEASE, service_terms=SERVICE, why="why") is case
