"""An offer, and its ways to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case
from bot.domain.claim import release
from bot.domain.events import Kind
from bot.domain.parts import Priority, State, WaitingFor
from bot.domain.pause import snooze, wait
from bot.domain.refusals import Closed, NotAllowed, NotYours, ReasonNeeded
from bot.domain.roles import Actor
from bot.domain.shifts import handoff as moves
from bot.domain.shifts.offer_refusals import (
    DecisionStands,
    NoOffer,
    OfferPending,
    OtherNeeded,
    SameDepartment,
    ThirdHandoff,
)
from bot.domain.terms import ServiceTerms
from tests.bot.domain.made import (
    ANA,
    BEN,
    GIL,
    HANA,
    HOUR,
    HOURS,
    LEASE,
    MINUTE,
    NOW,
    OFFER,
    SERVICE,
    VERA,
    a_case,
    claimed,
    kinds,
    saved,
    terms,
)  # fmt: skip


def offered(case: Case, *, by: Actor = BEN, to: str = "sales", half: bool = False) -> Case:
    return saved(moves.offer(case, to, "a note", by=by, at=NOW, clock=OFFER, lease=LEASE, page_at_half=half))


def accepted(case: Case, by: Actor = GIL, service: ServiceTerms = SERVICE) -> Case:
    return moves.accept(case, by=by, at=NOW + MINUTE, lease=LEASE, service_terms=service)


def declined(case: Case, reason: str = "not ours", other: str | None = None, *, needs: bool = False) -> Case:
    return moves.decline(case, reason, other, by=GIL, at=NOW + 10 * MINUTE, lease=LEASE, needs_other=needs)


def test_an_offer_pauses_the_lease_and_shows_the_case_to_the_receiver() -> None:
    case = offered(claimed(BEN))
    assert case.offer is not None
    assert (case.offer.until, case.offer.half_at) == (NOW + 30 * MINUTE, None)
    assert case.lease is not None
    assert case.lease.left == HOUR
    assert case.seen_in == ("support", "sales")
    assert (case.department, case.owner) == ("support", BEN.id)


def test_half_of_the_offers_clock_is_counted_in_its_hours() -> None:
    at = NOW.replace(hour=17)
    clock = terms("2wh", HOURS)
    case = moves.offer(a_case(), "sales", "", by=BEN, at=at, clock=clock, lease=LEASE, page_at_half=True)
    assert case.offer is not None
    assert case.offer.until == (NOW + timedelta(days=1)).replace(hour=10)
    assert case.offer.half_at == NOW.replace(hour=18)


@pytest.mark.parametrize(
    ("case", "by", "to", "refusal"),
    [
        (a_case(state=State.DISMISSED), BEN, "sales", Closed),
        (offered(a_case()), BEN, "pr", OfferPending),
        (claimed(BEN), HANA, "sales", NotYours),
        (a_case(), BEN, "support", SameDepartment),
        (a_case(), VERA, "sales", NotAllowed),
        (a_case(), GIL, "sales", NotAllowed),
        (a_case(handoffs=2), BEN, "sales", ThirdHandoff),
    ],
)
def test_what_cannot_be_offered(case: Case, by: Actor, to: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        offered(case, by=by, to=to)


def test_accepting_moves_it_into_the_hands_of_who_accepts() -> None:
    case = accepted(offered(escalate(claimed(BEN), "why", "standard", by=BEN, at=NOW)))
    assert (case.department, case.owner, case.state) == ("sales", GIL.id, State.CLAIMED)
    assert (case.offer, case.handoffs, case.escalating) == (None, 1, False)
    assert case.lease is not None
    assert case.lease.until == NOW + MINUTE + HOUR
    event = next(event for event in case.pending if event.kind is Kind.ACCEPTED)
    assert (event.department, event.data["giver"], event.data["former"]) == ("sales", "support", BEN.id)


def test_accepting_counts_the_promise_in_the_receivers_terms_without_the_wait() -> None:
    case = wait(
        claimed(BEN),
        WaitingFor.DEPARTMENT,
        NOW + 3 * HOUR,
        by=BEN,
        at=NOW + HOUR,
        lease=LEASE,
        service_terms=SERVICE,
    )
    case = saved(replace(case, offer=offered(claimed(BEN)).offer))
    other = ServiceTerms(first=terms("2h"), resolve=terms("8h"))
    case = moves.accept(case, by=GIL, at=NOW + 2 * HOUR, lease=LEASE, service_terms=other)
    assert case.waiting is None
    assert case.service.first_due == NOW + 2 * HOUR
    assert (case.service.resolve_due, case.service.resolve_left) == (NOW + 9 * HOUR, None)


def test_only_the_receiver_answers() -> None:
    with pytest.raises(NotAllowed):
        accepted(offered(a_case()), by=ANA)
    with pytest.raises(NotAllowed):
        moves.decline(offered(a_case()), "no", None, by=ANA, at=NOW, lease=LEASE, needs_other=False)


@pytest.mark.parametrize("case", [a_case(), release(offered(a_case()), by=BEN, at=NOW)])
def test_without_an_offer_there_is_nothing_to_answer(case: Case) -> None:
    for answer in (accepted, declined, lambda case: moves.withdraw(case, by=BEN, at=NOW)):
        with pytest.raises(NoOffer):
            answer(case)


def test_a_decline_gives_the_lease_back_its_rest() -> None:
    case = declined(offered(claimed(BEN)), "not ours", "pr")
    assert case.offer is None
    assert case.lease is not None
    assert (case.lease.left, case.lease.until) == (None, NOW + 70 * MINUTE)
    assert (case.pending[-1].data["reason"], case.pending[-1].data["other"]) == ("not ours", "pr")


def test_a_decline_says_why_and_where_needed_who_else() -> None:
    with pytest.raises(ReasonNeeded):
        declined(offered(a_case()), "")
    with pytest.raises(OtherNeeded):
        declined(offered(a_case()), needs=True)
    with pytest.raises(DecisionStands):
        declined(offered(a_case(handoffs=2), by=ANA))


def test_half_of_the_clock_is_told_once() -> None:
    case = offered(a_case(Priority.P1), half=True)
    assert moves.halfway(case, at=NOW + 14 * MINUTE) is case
    assert moves.halfway(case, at=NOW + 30 * MINUTE) is case
    told = moves.halfway(case, at=NOW + 15 * MINUTE)
    assert kinds(told) == [Kind.OFFER_HALFWAY]
    assert moves.halfway(told, at=NOW + 16 * MINUTE) is told


def test_it_can_be_told_at_once() -> None:
    assert kinds(moves.tell_now(offered(a_case()), at=NOW)) == [Kind.OFFER_HALFWAY]
    with pytest.raises(NoOffer):
        moves.tell_now(a_case(), at=NOW)


def test_an_offer_nobody_answered_comes_back() -> None:
    case = offered(claimed(BEN))
    assert moves.expire(case, at=NOW + 29 * MINUTE, lease=LEASE) is case
    back = moves.expire(case, at=NOW + 30 * MINUTE, lease=LEASE)
    assert (back.offer, back.owner, kinds(back)) == (None, BEN.id, [Kind.OFFER_EXPIRED])
    assert back.lease is not None
    assert back.lease.until == NOW + 90 * MINUTE


def test_a_lease_that_rests_for_another_reason_rests_on() -> None:
    case = offered(claimed(BEN))
    case = replace(case, snoozed_until=NOW + 5 * HOUR)
    assert moves.expire(case, at=NOW + 30 * MINUTE, lease=LEASE).lease == case.lease


def test_snoozing_withdraws_the_offer_first() -> None:
    case = snooze(offered(claimed(BEN)), NOW + HOUR, by=BEN, at=NOW, lease=LEASE)
    assert kinds(case) == [Kind.OFFER_WITHDRAWN, Kind.SNOOZED]
    assert case.lease is not None
    assert case.lease.left == HOUR
