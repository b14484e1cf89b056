"""Handovers as moves of a case: pending, answered, withdrawn; and who left lets go of everything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.alarms.escalation import Rung, acknowledge, climb, escalate
from bot.domain.case import Case
from bot.domain.claim import claim, extend, release
from bot.domain.events import Kind
from bot.domain.pause import snooze, wake
from bot.domain.people import Role
from bot.domain.refusals import CannotHold, NotYours
from bot.domain.roles import Actor
from bot.domain.shifts.consult import consult
from bot.domain.shifts.handoff import expire, offer
from bot.domain.shifts.handover import accept_handover, decline_handover, expire_handover, hand_over, relieve
from bot.domain.shifts.handover_refusals import HandoverPending, NothingHandedOver
from bot.domain.shifts.offer_refusals import OfferPending
from tests.bot.domain.made import (
    ANA,
    BEN,
    GIL,
    HANA,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    OFFER,
    SERVICE,
    a_case,
    actor,
    claimed,
    kinds,
    saved,
)

UNTIL = NOW + 30 * MINUTE


def asked(case: Case | None = None, *, to: Actor = HANA, by: Actor = BEN) -> Case:
    case = case or claimed()
    return hand_over(case, to, "take care", by=by, at=NOW, until=UNTIL, cases=(case.id,), lease=LEASE)


def test_until_it_is_answered_it_is_the_givers_and_the_lease_stands_still() -> None:
    case = asked()
    assert case.owner == BEN.id
    assert case.handover is not None and (case.handover.to, case.handover.by) == (HANA.id, BEN.id)
    assert case.lease is not None and case.lease.left == HOUR
    assert kinds(case) == [Kind.HANDOVER_OFFERED]


def test_accepted_it_is_the_receivers_with_a_fresh_lease() -> None:
    case = accept_handover(saved(asked()), by=HANA, at=NOW + 5 * MINUTE, lease=LEASE)
    assert (case.owner, case.handover) == (HANA.id, None)
    assert case.lease is not None and (case.lease.until, case.lease.left) == (NOW + 65 * MINUTE, None)


def test_a_snoozed_case_goes_on_resting() -> None:
    resting = saved(snooze(claimed(), NOW + 3 * HOUR, by=BEN, at=NOW, lease=LEASE))
    case = accept_handover(saved(asked(resting)), by=HANA, at=NOW, lease=LEASE)
    assert case.snoozed_until == NOW + 3 * HOUR
    assert case.lease is not None and case.lease.left is not None


def test_declined_the_lease_goes_on_where_it_stood() -> None:
    case = decline_handover(saved(asked()), "no", by=HANA, at=NOW + 20 * MINUTE, lease=LEASE)
    assert (case.owner, case.handover) == (BEN.id, None)
    assert case.lease is not None and case.lease.until == NOW + 80 * MINUTE
    resting = saved(asked(saved(snooze(claimed(), NOW + 3 * HOUR, by=BEN, at=NOW, lease=LEASE))))
    back = decline_handover(resting, "", by=HANA, at=NOW, lease=LEASE)
    assert back.lease is not None and back.lease.left is not None


def test_it_expires_to_who_answers_past_the_hours() -> None:
    assert expire_handover(asked(), at=UNTIL - MINUTE, lease=LEASE).handover is not None
    case = expire_handover(saved(asked()), at=UNTIL, lease=LEASE, past_hours=ANA.id)
    assert (case.owner, case.pending[-1].data["former"]) == (ANA.id, BEN.id)
    assert case.lease is not None and case.lease.until == UNTIL + HOUR
    kept = expire_handover(saved(asked()), at=UNTIL, lease=LEASE, past_hours=None)
    assert kept.owner == BEN.id


def test_an_offer_expires_to_who_answers_past_the_hours() -> None:
    offered = offer(claimed(), "sales", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False)
    case = expire(saved(offered), at=UNTIL, lease=LEASE, past_hours=ANA.id)
    assert (case.owner, case.pending[-1].data["duty"]) == (ANA.id, ANA.id)
    free = offer(a_case(), "sales", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False)
    assert expire(saved(free), at=UNTIL, lease=LEASE, past_hours=ANA.id).owner is None


def test_what_cannot_be_handed_over() -> None:
    with pytest.raises(CannotHold):
        asked(to=GIL)
    with pytest.raises(NotYours):
        asked(claimed(by=ANA), by=HANA)
    with pytest.raises(HandoverPending):
        asked(saved(asked()))
    with pytest.raises(OfferPending):
        asked(
            saved(offer(claimed(), "sales", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False))
        )
    with pytest.raises(NothingHandedOver):
        accept_handover(saved(asked()), by=ANA, at=NOW, lease=LEASE)


def test_an_offer_to_a_department_withdraws_it() -> None:
    case = offer(saved(asked()), "sales", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False)
    assert case.handover is None and case.offer is not None
    assert kinds(case) == [Kind.HANDOVER_WITHDRAWN, Kind.OFFERED]


def test_extending_keeps_it() -> None:
    case = extend(saved(asked()), by=BEN, at=NOW + 10 * MINUTE, lease=LEASE)
    assert case.handover is None
    assert case.lease is not None and (case.lease.left, case.lease.until) == (None, NOW + 70 * MINUTE)


def test_who_covers_for_its_owner_acts_as_they_would() -> None:
    cover = replace(HANA, covers=frozenset({BEN.id}))
    case = extend(claimed(), by=cover, at=NOW + 10 * MINUTE, lease=LEASE)
    assert case.owner == BEN.id
    assert release(claimed(), by=cover, at=NOW).owner is None
    with pytest.raises(NotYours):
        release(claimed(), by=HANA, at=NOW)
    assert (
        accept_handover(
            saved(asked(to=ANA)), by=replace(HANA, covers=frozenset({ANA.id})), at=NOW, lease=LEASE
        ).owner
        == HANA.id
    )


def test_who_left_lets_go_of_the_claim_and_all_that_waits_with_it() -> None:
    case = saved(consult(claimed(), "legal", "may we?", by=BEN, at=NOW, clock=OFFER, lease=LEASE))
    case = relieve(saved(asked(case)), BEN.id, at=NOW, lease=LEASE)
    assert (case.owner, case.lease, case.handover, case.consults) == (None, None, None, ())
    assert case.pending[-1].kind is Kind.RELIEVED
    assert relieve(claimed(), HANA.id, at=NOW, lease=LEASE) == claimed()


def test_a_receiver_who_left_gives_it_back_to_its_owner() -> None:
    case = relieve(saved(asked()), HANA.id, at=NOW + 10 * MINUTE, lease=LEASE)
    assert (case.owner, case.handover) == (BEN.id, None)
    assert case.lease is not None and case.lease.left is None


def test_pages_of_who_left_reach_nobody_so_the_next_step_is_due() -> None:
    rung = Rung(step=0, round=0, people=(BEN.id,), next_at=NOW + HOUR)
    paged = saved(climb(escalate(a_case(), "why", "standard", by=ANA, at=NOW), rung, at=NOW))
    assert relieve(paged, BEN.id, at=NOW, lease=LEASE).escalation.climb_at == NOW  # type: ignore[union-attr]
    acked = saved(acknowledge(paged, by=BEN, at=NOW, buys=HOUR))
    after = relieve(acked, BEN.id, at=NOW, lease=LEASE).escalation
    assert after is not None and (after.acked_by, after.climb_at) == (None, NOW)


def test_a_claim_that_a_lead_of_another_department_covers_needs_no_role() -> None:
    stranger = replace(actor("cleo", legal=Role.LEAD), covers=frozenset({BEN.id}))
    assert extend(claimed(), by=stranger, at=NOW, lease=LEASE).owner == BEN.id
    assert claim(a_case(), by=BEN, at=NOW, lease=LEASE).owner == BEN.id


def test_a_rest_that_ends_meanwhile_does_not_start_the_lease() -> None:
    resting = saved(snooze(claimed(), NOW + HOUR, by=BEN, at=NOW, lease=LEASE))
    case = wake(saved(asked(resting)), at=NOW, lease=LEASE, service_terms=SERVICE, why="they wrote again")
    assert case.lease is not None and case.lease.left is not None
    assert decline_handover(saved(case), "", by=HANA, at=NOW, lease=LEASE).lease.left is None  # type: ignore[union-attr]
