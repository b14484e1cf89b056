"""Acknowledged, or it climbs."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.alarms import escalation as moves
from bot.domain.alarms.escalation import Rung
from bot.domain.alarms.undelivered import Failure, undelivered
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import State
from bot.domain.refusals import (
    AlreadyAcknowledged,
    AlreadyEscalated,
    Closed,
    NobodyLeft,
    NotAllowed,
    NotEscalated,
)
from bot.domain.roles import Actor
from tests.bot.domain.made import ANA, BEN, DANA, GIL, HANA, MINUTE, NOBODY, NOW, VERA, a_case, kinds, saved

FIVE = 5 * MINUTE
BUYS = 30 * MINUTE


def rung(*people: Actor, step: int = 0, next_at: datetime | None = NOW + FIVE, last: bool = False) -> Rung:
    return Rung(step=step, round=0, people=tuple(who.id for who in people), next_at=next_at, last=last)


def escalated(*, by: Actor = NOBODY) -> Case:
    return saved(moves.escalate(a_case(), "why", "standard", by=by, at=NOW))


def paged(*people: Actor, **how: object) -> Case:
    return saved(moves.climb(escalated(), rung(*(people or (ANA,)), **how), at=NOW))  # type: ignore[arg-type]


def test_it_starts_at_once_and_only_once() -> None:
    case = escalated()
    assert case.escalation is not None
    assert case.escalation.climb_at == NOW
    with pytest.raises(AlreadyEscalated):
        moves.escalate(case, "again", "standard", by=BEN, at=NOW)
    with pytest.raises(Closed):
        moves.escalate(a_case(state=State.RESOLVED), "why", "standard", by=BEN, at=NOW)


def test_a_rung_pages_its_people_and_sets_the_next_ones_time() -> None:
    case = moves.climb(escalated(), rung(ANA, BEN), at=NOW)
    assert case.escalation is not None
    assert [(p.number, p.person, p.rung) for p in case.escalation.pages] == [(1, ANA.id, 1), (2, BEN.id, 1)]
    assert (case.escalation.step, case.escalation.climb_at) == (1, NOW + FIVE)
    assert kinds(case) == [Kind.PAGED, Kind.PAGED]


def test_it_does_not_climb_before_its_time_nor_when_over() -> None:
    case = paged()
    assert moves.climb(case, rung(DANA, step=1), at=NOW + 4 * MINUTE) is case
    over = moves.end_escalation(case, BEN, NOW)
    assert moves.climb(over, rung(DANA, step=1), at=NOW + FIVE) is over
    assert moves.climb(a_case(), rung(DANA), at=NOW) == a_case()


def test_a_rung_off_hours_only_waits() -> None:
    case = moves.climb(escalated(), rung(next_at=NOW + 60 * MINUTE), at=NOW)
    assert case.escalation is not None
    assert (case.escalation.step, case.escalation.climb_at, kinds(case)) == (0, NOW + 60 * MINUTE, [])


def test_the_last_rung_raises_the_alarm_even_without_people() -> None:
    for people in ((ANA, DANA), ()):
        case = moves.climb(escalated(), rung(*people, step=4, next_at=None, last=True), at=NOW)
        assert kinds(case)[-1] is Kind.ESCALATION_EXHAUSTED
        assert case.escalation is not None
        assert case.escalation.climb_at is None


def test_acknowledging_buys_time_and_then_it_climbs_on() -> None:
    case = moves.acknowledge(paged(), by=ANA, at=NOW + MINUTE, buys=BUYS)
    assert case.escalation is not None
    assert case.escalation.climb_at == NOW + 31 * MINUTE
    case = moves.climb(saved(case), rung(DANA, step=1), at=NOW + 31 * MINUTE)
    assert kinds(case) == [Kind.CLIMBED, Kind.PAGED]
    assert case.escalation is not None
    assert case.escalation.acked_by is None


def test_one_acknowledges_and_the_others_are_told() -> None:
    case = saved(moves.acknowledge(paged(ANA, DANA), by=ANA, at=NOW, buys=BUYS))
    for by in (ANA, DANA):
        with pytest.raises(AlreadyAcknowledged):
            moves.acknowledge(case, by=by, at=NOW, buys=BUYS)
    with pytest.raises(AlreadyAcknowledged):
        moves.pass_on(case, "", by=DANA, at=NOW)


@pytest.mark.parametrize(("by", "may"), [(BEN, True), (DANA, True), (GIL, False), (VERA, False)])
def test_who_may_acknowledge_and_pass(by: Actor, may: bool) -> None:
    if may:
        assert moves.acknowledge(paged(), by=by, at=NOW, buys=BUYS).pending
        assert moves.pass_on(paged(), "", by=by, at=NOW).pending
        return
    with pytest.raises(NotAllowed):
        moves.acknowledge(paged(), by=by, at=NOW, buys=BUYS)
    with pytest.raises(NotAllowed):
        moves.pass_on(paged(), "", by=by, at=NOW)
    assert moves.acknowledge(paged(by), by=by, at=NOW, buys=BUYS).pending  # whoever was asked may answer


def test_passing_makes_the_next_rung_due_and_is_remembered() -> None:
    case = moves.pass_on(paged(), "on a plane", by=ANA, at=NOW + MINUTE)
    assert case.escalation is not None
    assert (case.escalation.climb_at, case.escalation.passed_by) == (NOW + MINUTE, (ANA.id,))


def test_after_an_acknowledgement_one_can_still_pass() -> None:
    case = moves.acknowledge(paged(), by=ANA, at=NOW, buys=BUYS)
    case = moves.pass_on(case, "", by=ANA, at=NOW + MINUTE)
    assert case.escalation is not None
    assert (case.escalation.acked_by, case.escalation.climb_at) == (None, NOW + MINUTE)


def test_nobody_is_left_after_the_last() -> None:
    with pytest.raises(NobodyLeft):
        moves.pass_on(paged(ANA, next_at=None, last=True), "", by=ANA, at=NOW)


def test_nothing_to_answer() -> None:
    for case in (a_case(), moves.end_escalation(paged(), BEN, NOW)):
        with pytest.raises(NotEscalated):
            moves.acknowledge(case, by=ANA, at=NOW, buys=BUYS)
        with pytest.raises(NotEscalated):
            moves.pass_on(case, "", by=ANA, at=NOW)


def test_work_ends_it_only_after_an_acknowledgement() -> None:
    case = paged()
    assert moves.work_was_done(case, HANA, NOW) is case
    acked = moves.acknowledge(case, by=ANA, at=NOW, buys=BUYS)
    over = moves.work_was_done(acked, HANA, NOW)
    assert over.escalation is not None
    assert (over.escalation.over_by, over.escalation.climb_at) == (HANA.id, None)


# -- pages that do not arrive --------------------------------------------------------------------------


def failure(number: int) -> Failure:
    return Failure(key=f"k{number}", view="page", reason="blocked", person=ANA.id, page=number)


def test_a_rung_nobody_of_which_can_be_reached_climbs_at_once() -> None:
    case = undelivered(paged(ANA, DANA), failure(1), at=NOW + MINUTE)
    assert case.escalation is not None
    assert case.escalation.climb_at == NOW + FIVE  # Dana may still answer
    case = undelivered(case, failure(2), at=NOW + 2 * MINUTE)
    assert case.escalation is not None
    assert case.escalation.climb_at == NOW + 2 * MINUTE
    assert kinds(case) == [Kind.UNDELIVERED, Kind.UNDELIVERED]


def test_an_older_page_an_answered_one_and_the_last_do_not_climb() -> None:
    older = saved(moves.climb(paged(ANA), rung(DANA, step=1, next_at=NOW + 60 * MINUTE), at=NOW + FIVE))
    acked = moves.acknowledge(paged(ANA), by=BEN, at=NOW, buys=BUYS)
    last = paged(ANA, next_at=None, last=True)
    for case in (older, acked, last):
        before, after = case.escalation, undelivered(case, failure(1), at=NOW + FIVE).escalation
        assert before is not None
        assert after is not None
        assert after.climb_at == before.climb_at
