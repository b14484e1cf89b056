"""The promise: warned of, missed, counted anew."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import service
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import State, WaitingFor
from bot.domain.pause import wait, wake
from bot.domain.roles import DESK
from bot.domain.terms import ServiceTerms
from tests.bot.domain.made import (
    BEN,
    HOUR,
    HOURS,
    LEASE,
    MINUTE,
    NOW,
    SERVICE,
    a_case,
    claimed,
    kinds,
    saved,
    terms,
)

SLOWER = ServiceTerms(first=terms("2h"), resolve=terms("8h"))


def told(case: Case, minutes: int) -> list[tuple[Kind, object]]:
    after = service.check(case, at=NOW + minutes * MINUTE)
    return [(event.kind, event.data["clock"]) for event in after.pending]


def waits(case: Case, hours: int) -> Case:
    """Waits from one hour after now, for so long."""
    case = wait(
        case, WaitingFor.APPROVAL, NOW + 99 * HOUR, by=BEN, at=NOW + HOUR, lease=LEASE, service_terms=SERVICE
    )
    return saved(wake(case, at=NOW + (1 + hours) * HOUR, lease=LEASE, service_terms=SERVICE, why=""))


def test_each_clock_warns_and_misses_once() -> None:
    case, heard = a_case(), []
    for minutes in range(0, 300, 5):
        case = service.check(saved(case), at=NOW + minutes * MINUTE)
        heard += [(minutes, event.kind, event.data["clock"]) for event in case.pending]
    assert heard == [
        (45, Kind.SLA_WARNED, "first"),
        (60, Kind.SLA_MISSED, "first"),
        (180, Kind.SLA_WARNED, "resolve"),
        (240, Kind.SLA_MISSED, "resolve"),
    ]
    assert service.next_moment(case) is None


def test_after_an_outage_a_miss_is_told_without_its_warning() -> None:
    assert told(a_case(), 90) == [(Kind.SLA_MISSED, "first")]
    assert told(a_case(), 200) == [(Kind.SLA_MISSED, "first"), (Kind.SLA_WARNED, "resolve")]


def test_what_was_answered_or_closed_is_quiet() -> None:
    answered = saved(service.respond(a_case(), DESK, NOW + MINUTE))
    assert told(answered, 90) == []
    assert service.next_moment(answered) == NOW + 3 * HOUR
    closed = replace(a_case(), state=State.RESOLVED)
    assert told(closed, 900) == []
    assert service.next_moment(closed) is None


def test_only_the_first_response_counts() -> None:
    case = service.respond(a_case(), BEN, NOW + HOUR)
    assert case.pending[-1].data == {"in_time": True}
    assert service.respond(case, BEN, NOW + 2 * HOUR) is case
    assert service.respond(a_case(), BEN, NOW + HOUR + MINUTE).pending[-1].data == {"in_time": False}


def test_the_resolve_clock_rests_while_the_case_waits() -> None:
    case = wait(
        claimed(BEN),
        WaitingFor.APPROVAL,
        NOW + 99 * HOUR,
        by=BEN,
        at=NOW + HOUR,
        lease=LEASE,
        service_terms=SERVICE,
    )
    assert [name for name, _ in service.moments(case)] == ["first_warned", "first_missed"]
    assert waits(claimed(BEN), 10).service.resolve_due == NOW + 14 * HOUR


def test_what_was_missed_before_a_wait_stays_missed() -> None:
    case = claimed(BEN)
    case = replace(case, service=replace(case.service, resolve_due=NOW + MINUTE, resolve_warn_at=NOW))
    assert waits(case, 10).service.resolve_due == NOW + MINUTE


def test_new_terms_count_from_the_start() -> None:
    case = service.reclock(a_case(), SLOWER, at=NOW + HOUR)
    assert (case.service.first_due, case.service.resolve_due) == (NOW + 2 * HOUR, NOW + 8 * HOUR)


def test_new_terms_leave_out_the_times_of_waiting() -> None:
    case = service.reclock(waits(waits(claimed(BEN), 10), 0), SLOWER, at=NOW + 12 * HOUR)
    assert case.service.first_due == NOW + 2 * HOUR
    assert case.service.resolve_due == NOW + 18 * HOUR
    assert case.service.resolve_warn_at == NOW + 16 * HOUR


def test_new_terms_in_working_hours_leave_out_only_working_time() -> None:
    calm = ServiceTerms(first=terms("4wh", HOURS), resolve=terms("9wh", HOURS))
    night = waits(claimed(BEN), 20)  # 10:00 to 06:00
    case = service.reclock(night, calm, at=NOW + 21 * HOUR)
    assert case.service.resolve_due == (NOW + 24 * HOUR).replace(hour=17)


def test_new_terms_while_it_waits_set_what_is_left() -> None:
    case = wait(
        claimed(BEN),
        WaitingFor.APPROVAL,
        NOW + 99 * HOUR,
        by=BEN,
        at=NOW + HOUR,
        lease=LEASE,
        service_terms=SERVICE,
    )
    case = service.reclock(saved(case), SLOWER, at=NOW + 5 * HOUR)
    assert case.service.resolve_left == 7 * HOUR
    case = wake(case, at=NOW + 6 * HOUR, lease=LEASE, service_terms=SLOWER, why="")
    assert case.service.resolve_due == NOW + 13 * HOUR


def test_a_warning_that_lies_ahead_again_is_given_again_but_a_miss_counts_once() -> None:
    case = saved(service.check(a_case(), at=NOW + 70 * MINUTE))
    slower = service.reclock(case, SLOWER, at=NOW + 70 * MINUTE)
    assert told(slower, 100) == [(Kind.SLA_WARNED, "first")]
    assert told(slower, 130) == [(Kind.SLA_WARNED, "first")]
    warned = saved(service.check(a_case(), at=NOW + 50 * MINUTE))
    assert told(service.reclock(warned, SERVICE, at=NOW + 50 * MINUTE), 55) == []


def test_a_closed_case_keeps_its_clocks() -> None:
    case = replace(a_case(), state=State.DISMISSED)
    assert service.reclock(case, SLOWER, at=NOW) is case


def test_a_check_that_finds_nothing_changes_nothing() -> None:
    case = a_case()
    assert service.check(case, at=NOW) is case
    assert kinds(case) == []
