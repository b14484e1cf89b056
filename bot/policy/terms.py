"""The policy's clocks for one department and priority. Pure.

A department that the policy does not know any more keeps the company's hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.terms import ServiceTerms, Terms
from bot.domain.times.calendar import Calendar, Span, SpanKind
from bot.policy.model import Policy
from bot.policy.presence import hours_of

LEASE_WARNS: Final = 0.75
"""The share of a claim's lease after which its owner is warned."""

_PAUSING: Final = (Priority.P3, Priority.P4)
_PAGED_AT_HALF: Final = (Priority.P1, Priority.P2)
_WAKES_AFTER: Final = Span(2 * 86_400, SpanKind.DAYS)


def lease(policy: Policy, department: str, priority: Priority) -> Terms:
    """How long a claim lasts. For P3 and P4 it runs in the department's hours only, however it is written."""
    span = policy.defaults.claim_lease[priority]
    return Terms(span=_paused(span, priority), calendar=calendar_of(policy, department), warn=LEASE_WARNS)


def lease_for(policy: Policy, case: Case) -> Terms:
    """The lease of whoever claims `case` as it is now."""
    return lease(policy, case.department, case.priority)


def offer_clock(policy: Policy, to_department: str, priority: Priority) -> Terms:
    """How long an offer waits for its answer: P3 and P4 in the receiver's hours, the others as written."""
    span = policy.defaults.handoff_clock[priority]
    return Terms(span=_paused(span, priority), calendar=calendar_of(policy, to_department))


def person_clock(policy: Policy, to: PersonId, case: Case) -> Terms:
    """How long a colleague is asked to take `case` over: P3 and P4 in their own working time, the others as written."""
    span = policy.defaults.handoff_clock[case.priority]
    return Terms(span=_paused(span, case.priority), calendar=hours_of(policy, to, case.department))


def consult_clock(policy: Policy, to_department: str, priority: Priority) -> Terms:
    """How long a question waits for its answer: in the working time of who is asked, whatever the priority."""
    span = policy.defaults.consult_clock[priority]
    if span.kind is SpanKind.WALL:
        span = Span(span.seconds, SpanKind.HOURS)
    return Terms(span=span, calendar=calendar_of(policy, to_department))


def pages_at_half(priority: Priority) -> bool:
    """Whether an offer of this priority is told to the receiver's duty person at half its time."""
    return priority in _PAGED_AT_HALF


def service(policy: Policy, department: str, priority: Priority) -> ServiceTerms:
    """What the customer is promised, in the hours of the owning department; P1 is answered day and night."""
    calendar, warn = calendar_of(policy, department), policy.defaults.sla_warning
    first = policy.defaults.first_response[priority]
    if priority is Priority.P1:
        first = Span(first.seconds)
    return ServiceTerms(
        first=Terms(span=first, calendar=calendar, warn=warn),
        resolve=Terms(span=policy.defaults.resolve[priority], calendar=calendar, warn=warn),
    )


def service_for(policy: Policy, case: Case) -> ServiceTerms:
    """What the customer of `case` is promised as it is now."""
    return service(policy, case.department, case.priority)


def default_wake(policy: Policy, department: str, at: datetime) -> datetime:
    """When a case wakes (UTC) that waits without a date: after two working days of the department."""
    return calendar_of(policy, department).add(at, _WAKES_AFTER)


def calendar_of(policy: Policy, department: str) -> Calendar:
    """The department's hours, or the company's for one that is gone."""
    known = policy.departments.get(department)
    return known.calendar if known else policy.company.calendar


def _paused(span: Span, priority: Priority) -> Span:
    """Elapsed time of a calm priority is counted as open time: its clocks pause outside the hours."""
    if priority in _PAUSING and span.kind is SpanKind.WALL:
        return Span(span.seconds, SpanKind.HOURS)
    return span
