"""The policy's clocks: how long, in whose hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.parts import Priority
from bot.domain.times.calendar import Span
from bot.policy import terms
from bot.policy.model import Policy
from tests.desk import test_policy as a_policy

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
P1, P2, P3, P4 = Priority


@pytest.fixture(scope="module")
def policy() -> Policy:
    return a_policy()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("priority", "ends"),
    [
        (P1, FRIDAY_EVENING + timedelta(minutes=20)),
        (P2, FRIDAY_EVENING + timedelta(hours=1)),
        (P3, at(9, 12)),  # an hour on Friday, three on Monday
        (P4, at(9, 17)),  # one working day
    ],
)
def test_a_lease_of_calm_cases_runs_in_the_departments_hours(
    policy: Policy, priority: Priority, ends: datetime
) -> None:
    assert terms.lease(policy, "sales", priority).ends(FRIDAY_EVENING) == ends


def test_elapsed_time_of_a_calm_lease_counts_open_time_only(policy: Policy) -> None:
    leases = {**policy.defaults.claim_lease, P3: Span.parse("4h"), P2: Span.parse("4h")}
    policy = replace(policy, defaults=replace(policy.defaults, claim_lease=leases))
    assert terms.lease(policy, "sales", P3).ends(FRIDAY_EVENING) == at(9, 12)
    assert terms.lease(policy, "sales", P2).ends(FRIDAY_EVENING) == at(6, 21)


def test_a_lease_warns_at_three_quarters(policy: Policy) -> None:
    lease = terms.lease(policy, "sales", P1)
    assert lease.warns(MONDAY, lease.ends(MONDAY)) == MONDAY + timedelta(minutes=15)


def test_an_offer_runs_in_the_receivers_hours(policy: Policy) -> None:
    evening = at(2, 19)
    assert terms.offer_clock(policy, "support", P3).ends(evening) == at(2, 21)
    assert terms.offer_clock(policy, "sales", P3).ends(evening) == at(3, 11)
    assert terms.offer_clock(policy, "sales", P1).ends(evening) == evening + timedelta(minutes=10)


def test_only_urgent_offers_page_at_half() -> None:
    assert [terms.pages_at_half(priority) for priority in Priority] == [True, True, False, False]


def test_p1_is_answered_day_and_night(policy: Policy) -> None:
    spans = {**policy.defaults.first_response, P1: Span.parse("15wm")}
    worked = replace(policy, defaults=replace(policy.defaults, first_response=spans))
    for each in (policy, worked):
        assert terms.service(each, "sales", P1).first.ends(at(7, 3)) == at(7, 3, 15)


def test_a_promise_runs_in_the_owners_hours(policy: Policy) -> None:
    support, sales = (terms.service(policy, name, P3) for name in ("support", "sales"))
    assert support.first.ends(at(7, 10)) == at(7, 14)  # Saturday
    assert sales.first.ends(at(7, 10)) == at(9, 13)
    assert sales.first.warn == policy.defaults.sla_warning


def test_waiting_without_a_date_lasts_two_working_days(policy: Policy) -> None:
    assert terms.default_wake(policy, "sales", at(6, 11)) == at(10, 11)
    assert terms.default_wake(policy, "support", at(6, 11)) == at(8, 11)


def test_a_department_that_is_gone_keeps_the_companys_hours(policy: Policy) -> None:
    assert terms.calendar_of(policy, "gone") == policy.company.calendar
    assert terms.lease(policy, "gone", P4).ends(FRIDAY_EVENING) == at(9, 17)
