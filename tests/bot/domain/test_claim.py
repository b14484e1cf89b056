"""A claim is a lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import claim as moves
from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import State, Waiting, WaitingFor
from bot.domain.refusals import (
    AlreadyClaimed,
    CannotHold,
    Closed,
    NotAllowed,
    NotClaimed,
    NotYours,
    ReasonNeeded,
)
from bot.domain.roles import Actor
from bot.domain.shifts.handoff import offer
from bot.domain.shifts.offer_refusals import OfferPending
from tests.bot.domain.made import (
    ANA,
    BEN,
    DANA,
    GIL,
    HANA,
    HOUR,
    HOURS,
    LEASE,
    MINUTE,
    NOW,
    OFFER,
    VERA,
    a_case,
    claimed,
    kinds,
    saved,
    terms,
)  # fmt: skip


def offered(case: Case, by: Actor = BEN) -> Case:
    return saved(offer(case, "sales", "", by=by, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False))


def test_a_claim_is_a_lease_that_warns_at_three_quarters() -> None:
    case = moves.claim(a_case(), by=BEN, at=NOW, lease=LEASE)
    assert (case.state, case.owner, case.claimed_at, case.owner_acted_at) == (State.CLAIMED, BEN.id, NOW, NOW)
    assert case.lease is not None
    assert (case.lease.until, case.lease.warn_at) == (NOW + HOUR, NOW + 45 * MINUTE)
    assert kinds(case) == [Kind.CLAIMED]


@pytest.mark.parametrize(
    ("case", "by", "refusal"),
    [
        (claimed(HANA), BEN, AlreadyClaimed),
        (claimed(BEN), BEN, AlreadyClaimed),
        (offered(a_case()), ANA, OfferPending),
        (a_case(state=State.RESOLVED), BEN, Closed),
        (a_case(), GIL, NotAllowed),
        (a_case(), DANA, NotAllowed),
        (a_case(), VERA, NotAllowed),
    ],
)
def test_who_cannot_claim(case: Case, by: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        moves.claim(case, by=by, at=NOW, lease=LEASE)


def test_the_receiver_of_an_offer_is_told_to_accept() -> None:
    with pytest.raises(OfferPending) as refused:
        moves.claim(offered(a_case()), by=GIL, at=NOW, lease=LEASE)
    assert refused.value.suggestions() == ("accept 1042",)


def test_claiming_ends_the_escalation_and_the_snooze() -> None:
    case = escalate(a_case(snoozed_until=NOW + HOUR), "why", "standard", by=BEN, at=NOW)
    case = moves.claim(case, by=BEN, at=NOW, lease=LEASE)
    assert not case.escalating
    assert case.snoozed_until is None
    assert kinds(case)[-2:] == [Kind.CLAIMED, Kind.ESCALATION_OVER]


def test_the_claim_of_a_waiting_case_stands_still() -> None:
    waiting = Waiting(on=WaitingFor.CUSTOMER, until=NOW + HOUR)
    case = moves.claim(a_case(waiting=waiting), by=BEN, at=NOW, lease=LEASE)
    assert case.lease is not None
    assert case.lease.left == HOUR
    assert moves.lapse(case, at=NOW + 2 * HOUR) is case


# -- take -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "reason", "after", "refused"),
    [
        (HANA, "", 29 * MINUTE, True),
        (HANA, "", 30 * MINUTE, False),
        (HANA, "on the phone with them", MINUTE, False),
        (ANA, "", MINUTE, False),
        (DANA, "", MINUTE, True),
    ],
)
def test_when_a_takeover_wants_a_reason(by: Actor, reason: str, after: timedelta, refused: bool) -> None:
    case = claimed(BEN)
    if refused:
        with pytest.raises(ReasonNeeded):
            moves.take(case, reason, by=by, at=NOW + after, lease=LEASE)
        return
    case = moves.take(case, reason, by=by, at=NOW + after, lease=LEASE)
    assert case.owner == by.id
    assert case.pending[0].data == {"former": BEN.id, "reason": reason}


def test_the_holders_acts_count_for_the_half_hour() -> None:
    case = saved(moves.extend(claimed(BEN), by=BEN, at=NOW + 20 * MINUTE, lease=LEASE))
    with pytest.raises(ReasonNeeded):
        moves.take(case, "", by=HANA, at=NOW + 40 * MINUTE, lease=LEASE)


def test_taking_what_nobody_has_is_claiming_and_withdraws_an_offer() -> None:
    case = moves.take(offered(a_case()), "", by=ANA, at=NOW, lease=LEASE)
    assert kinds(case) == [Kind.OFFER_WITHDRAWN, Kind.CLAIMED]
    assert case.offer is None


def test_taking_an_offered_case_withdraws_the_offer() -> None:
    case = moves.take(offered(claimed(BEN)), "", by=ANA, at=NOW, lease=LEASE)
    assert kinds(case) == [Kind.OFFER_WITHDRAWN, Kind.TAKEN]
    assert case.lease is not None
    assert case.lease.left is None


def test_nobody_takes_their_own() -> None:
    with pytest.raises(AlreadyClaimed) as refused:
        moves.take(claimed(BEN), "why", by=BEN, at=NOW, lease=LEASE)
    assert refused.value.mine


# -- release, extend, assign --------------------------------------------------------------------


def test_a_released_case_is_nobodys() -> None:
    case = moves.release(claimed(BEN), by=BEN, at=NOW)
    assert (case.state, case.owner, case.lease, case.claimed_at) == (State.OPEN, None, None, None)
    assert case.pending[-1].data == {"former": BEN.id}


def test_releasing_an_offered_case_takes_the_offer_back_first() -> None:
    assert kinds(moves.release(offered(claimed(BEN)), by=BEN, at=NOW)) == [
        Kind.OFFER_WITHDRAWN,
        Kind.RELEASED,
    ]
    assert kinds(moves.release(offered(a_case()), by=HANA, at=NOW)) == [Kind.OFFER_WITHDRAWN]


@pytest.mark.parametrize("move", [moves.release, lambda case, **how: moves.extend(case, **how, lease=LEASE)])
def test_only_the_owner_or_a_lead_releases_and_extends(move: Callable[..., Case]) -> None:
    with pytest.raises(NotClaimed):
        move(a_case(), by=BEN, at=NOW)
    with pytest.raises(NotYours):
        move(claimed(BEN), by=HANA, at=NOW)
    with pytest.raises(NotAllowed):
        move(claimed(BEN), by=VERA, at=NOW)
    assert move(claimed(BEN), by=ANA, at=NOW).pending


def test_extending_starts_the_lease_afresh() -> None:
    warned = moves.warn_of_lapse(claimed(BEN), at=NOW + 50 * MINUTE)
    case = moves.extend(warned, by=BEN, at=NOW + 50 * MINUTE, lease=LEASE)
    assert case.lease is not None
    assert (case.lease.since, case.lease.until, case.lease.warned) == (NOW, NOW + 110 * MINUTE, False)


def test_a_paused_lease_is_extended_without_running() -> None:
    case = moves.extend(offered(claimed(BEN)), by=BEN, at=NOW + 10 * MINUTE, lease=LEASE)
    assert case.lease is not None
    assert case.lease.left == HOUR


def test_a_lead_assigns_to_who_may_hold_it() -> None:
    case = moves.assign(offered(claimed(BEN)), HANA, by=ANA, at=NOW, lease=LEASE)
    assert (case.owner, case.offer) == (HANA.id, None)
    assert case.pending[-1].data == {"to": HANA.id, "former": BEN.id}
    with pytest.raises(NotAllowed):
        moves.assign(a_case(), HANA, by=BEN, at=NOW, lease=LEASE)
    with pytest.raises(CannotHold):
        moves.assign(a_case(), GIL, by=ANA, at=NOW, lease=LEASE)
    with pytest.raises(AlreadyClaimed):
        moves.assign(claimed(BEN), BEN, by=ANA, at=NOW, lease=LEASE)


# -- the lease ---------------------------------------------------------------------------------------


def test_it_warns_once_between_its_moments() -> None:
    case = claimed(BEN)
    assert moves.warn_of_lapse(case, at=NOW + 44 * MINUTE) is case
    assert moves.warn_of_lapse(case, at=NOW + HOUR) is case
    warned = moves.warn_of_lapse(case, at=NOW + 45 * MINUTE)
    assert kinds(warned) == [Kind.LEASE_WARNED]
    assert moves.warn_of_lapse(warned, at=NOW + 50 * MINUTE) is warned


def test_it_lapses_at_its_end_and_not_before() -> None:
    case = claimed(BEN)
    assert moves.lapse(case, at=NOW + 59 * MINUTE) is case
    lapsed = moves.lapse(case, at=NOW + HOUR)
    assert (lapsed.state, lapsed.owner, kinds(lapsed)) == (State.OPEN, None, [Kind.LAPSED])


def test_a_calm_lease_runs_in_the_hours_of_the_department() -> None:
    evening = NOW.replace(hour=17)
    case = moves.claim(a_case(), by=BEN, at=evening, lease=terms("4wh", HOURS))
    assert case.lease is not None
    assert case.lease.until == (NOW + timedelta(days=1)).replace(hour=12)


def test_who_holds_it_without_a_role_may_do_what_a_holder_does() -> None:
    case = saved(moves.take(a_case(), "", by=DANA, at=NOW, lease=LEASE))
    assert moves.release(case, by=DANA, at=NOW).owner is None
    assert replace(case).owner == DANA.id
