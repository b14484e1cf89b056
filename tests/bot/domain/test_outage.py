"""What an outage of the desk does to clocks: nothing lapses while nobody could say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alarms.escalation import Rung, climb, escalate
from bot.domain.alarms.outage import (
    FOLDED,
    OUTAGE,
    Outage,
    caused_by,
    folded,
    hidden,
    in_backlog,
    lease_goes_on,
    offer_goes_on,
    pages_together,
    questions_go_on,
)
from bot.domain.claim import claim
from bot.domain.parts import Priority
from bot.domain.roles import DESK
from bot.domain.shifts.consult import consult
from bot.domain.shifts.handoff import offer
from bot.domain.terms import Terms
from bot.domain.times.calendar import Calendar, Span
from tests.bot.domain.made import ANA, BEN, a_case
from tests.desk import MONDAY, test_policy

ZONE = test_policy().company.zone
ALWAYS = Terms(span=Span.parse("1h"), calendar=Calendar.always(ZONE))
OFFICE = Terms(span=Span.parse("4wh"), calendar=test_policy().company.calendar)
DOWN = Outage(id=3, since=MONDAY + timedelta(minutes=20), until=MONDAY + timedelta(hours=9))


def test_a_claim_has_what_was_left() -> None:
    held = claim(a_case(), by=BEN, at=MONDAY, lease=ALWAYS)
    on = lease_goes_on(held, DOWN, at=DOWN.until, terms=ALWAYS)
    assert on.lease is not None
    assert on.lease.until == DOWN.until + timedelta(minutes=40)
    assert not on.lease.warned
    assert on.owner == BEN.id
    assert on.pending[-1].data["what"] == "claim"


def test_a_claim_that_was_nearly_over_has_time_to_be_extended() -> None:
    held = claim(a_case(), by=BEN, at=MONDAY - timedelta(minutes=39), lease=ALWAYS)
    on = lease_goes_on(held, DOWN, at=DOWN.until, terms=ALWAYS)
    assert on.lease is not None
    assert on.lease.until == DOWN.until + timedelta(minutes=15)


def test_it_never_has_more_than_a_whole_lease() -> None:
    held = claim(a_case(), by=BEN, at=MONDAY + timedelta(minutes=20), lease=ALWAYS)
    longer = replace(held, lease=replace(held.lease, until=DOWN.until)) if held.lease else held
    on = lease_goes_on(longer, DOWN, at=DOWN.until, terms=ALWAYS)
    assert on.lease is not None
    assert on.lease.until == DOWN.until + timedelta(hours=1)


def test_a_paused_claim_stays_as_it_is() -> None:
    held = claim(a_case(), by=BEN, at=MONDAY, lease=ALWAYS)
    asked = offer(held, "sales", "", by=BEN, at=MONDAY, clock=ALWAYS, lease=ALWAYS, page_at_half=True)
    assert lease_goes_on(asked, DOWN, at=DOWN.until, terms=ALWAYS) is asked


def test_an_offer_goes_on_and_is_told_again_at_half_of_the_rest() -> None:
    asked = offer(a_case(), "sales", "", by=ANA, at=MONDAY, clock=ALWAYS, lease=ALWAYS, page_at_half=True)
    on = offer_goes_on(asked, DOWN, at=DOWN.until, terms=ALWAYS)
    assert on.offer is not None
    assert on.offer.until == DOWN.until + timedelta(minutes=40)
    assert on.offer.half_at == DOWN.until + timedelta(minutes=20)


def test_questions_that_ran_out_go_on_and_others_stay() -> None:
    case = claim(a_case(), by=BEN, at=MONDAY, lease=ALWAYS)
    case = consult(case, "legal", "May we?", by=BEN, at=MONDAY, clock=ALWAYS, lease=ALWAYS)
    far = Terms(span=Span.parse("2d"), calendar=ALWAYS.calendar)
    case = consult(case, "pr", "Shall we?", by=BEN, at=MONDAY, clock=far, lease=ALWAYS)
    on = questions_go_on(case, DOWN, at=DOWN.until, terms=lambda _: ALWAYS)
    assert [asked.until for asked in on.consults] == [
        DOWN.until + timedelta(minutes=40),
        MONDAY + timedelta(days=2),
    ]


@pytest.mark.parametrize(
    ("since", "due", "ours"),
    [
        (0, 0.3, False),
        (0, 5, True),
        (0, 10, True),
        (0, 17.5, True),
        (0, 18, False),
        (8.9, 9.05, True),
        (8.9, 9.5, False),
        (9, 9.2, False),
    ],
)
def test_what_the_outage_caused(since: float, due: float, ours: bool) -> None:
    """Hours after nine; the desk was down from 9:20 to 18:00."""
    made, broke = MONDAY + timedelta(hours=since), MONDAY + timedelta(hours=due)
    assert caused_by(DOWN, made, broke, ALWAYS) is ours


def test_an_outage_outside_working_hours_costs_no_working_time() -> None:
    night = Outage(id=1, since=MONDAY + timedelta(hours=11), until=MONDAY + timedelta(hours=20))
    assert not caused_by(night, MONDAY, MONDAY + timedelta(hours=25), OFFICE)
    day = Outage(id=1, since=MONDAY + timedelta(hours=2), until=MONDAY + timedelta(hours=6))
    assert caused_by(day, MONDAY, MONDAY + timedelta(hours=8), OFFICE)


def test_folded_facts_name_what_caused_them() -> None:
    held = folded(claim(a_case(), by=BEN, at=MONDAY, lease=ALWAYS), DOWN)
    assert {OUTAGE: 3, FOLDED: True}.items() <= held.pending[-1].data.items()
    quiet = folded(claim(a_case(), by=BEN, at=MONDAY, lease=ALWAYS))
    assert quiet.pending[-1].data == {FOLDED: True}


@pytest.mark.parametrize("priority", list(Priority))
def test_only_what_is_not_urgent_waits_for_its_card(priority: Priority) -> None:
    case = in_backlog(replace(a_case(), priority=priority), DOWN)
    calm = priority >= Priority.P3
    assert hidden(case) is calm
    assert (case.backlog, case.away) == ((3, 0) if calm else (0, 3))
    assert not hidden(escalate(case, "now", "standard", by=DESK, at=MONDAY))


def test_whoever_acts_on_it_brings_its_card() -> None:
    case = in_backlog(a_case(), DOWN)
    assert hidden(case)
    assert not hidden(claim(case, by=BEN, at=MONDAY, lease=ALWAYS))


def test_its_pages_say_that_they_belong_together() -> None:
    case = escalate(a_case(), "now", "standard", by=DESK, at=MONDAY)
    rung = Rung(step=0, round=0, people=(ANA.id,), next_at=MONDAY + timedelta(minutes=5))
    alone, together = climb(case, rung, at=MONDAY), climb(pages_together(case, 3), rung, at=MONDAY)
    assert alone.escalation is not None
    assert together.escalation is not None
    assert [page.outage for page in alone.escalation.pages] == [0]
    assert [page.outage for page in together.escalation.pages] == [3]
    assert together.pending[-1].data[OUTAGE] == 3
    assert pages_together(a_case(), 3) == a_case()
