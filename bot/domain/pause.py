"""Waiting and snoozing: a case rests, and wakes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import service
from bot.domain.alarms.escalation import work_was_done
from bot.domain.case import Case, authorise, must_be_open, record
from bot.domain.claim import must_hold, renew
from bot.domain.events import Kind
from bot.domain.parts import Waiting, WaitingFor
from bot.domain.refusals import NotClaimed, NotInFuture
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import pause_lease, resume_lease, withdraw
from bot.domain.terms import ServiceTerms, Terms


def wait(
    case: Case,
    on: WaitingFor,
    until: datetime,
    *,
    by: Actor,
    at: datetime,
    lease: Terms,
    service_terms: ServiceTerms,
) -> Case:
    """The owner did their part. Waiting for the customer says that the customer was answered.

    The lease and the resolve clock pause until the case wakes.
    """
    authorise(case, by, "wait")
    must_be_open(case)
    if case.owner is None:
        raise NotClaimed(case.id)
    must_hold(case, by, "set waiting for")
    if until <= at:
        raise NotInFuture(until)
    case = replace(renew(case, by, at, lease), waiting=Waiting(on=on, until=until))
    if on is WaitingFor.CUSTOMER:
        case = service.respond(case, by, at)
    case = record(case, Kind.WAITING, by, at, on=on.value, until=until.isoformat())
    case = service.pause_resolve(pause_lease(case, at, lease), at, service_terms)
    return work_was_done(case, by, at)


def snooze(case: Case, until: datetime, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """Out of sight until then. Withdraws an offer first; the lease pauses, the customer's clocks do not."""
    authorise(case, by, "snooze")
    must_be_open(case)
    must_hold(case, by, "snooze")
    if until <= at:
        raise NotInFuture(until)
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    case = replace(case, snoozed_until=until)
    case = record(case, Kind.SNOOZED, by, at, until=until.isoformat())
    return pause_lease(case, at, lease)


def wake_at(case: Case) -> datetime | None:
    """The next moment at which the case wakes by itself."""
    moments = [case.snoozed_until, case.waiting.until if case.waiting else None]
    return min((moment for moment in moments if moment is not None), default=None)


def wake_if_due(case: Case, *, at: datetime, lease: Terms, service_terms: ServiceTerms) -> Case:
    """Ends the waiting, the snoozing, or both when their moment has come; unchanged before."""
    waits = case.waiting is not None and case.waiting.until <= at
    snoozes = case.snoozed_until is not None and case.snoozed_until <= at
    if not (waits or snoozes):
        return case
    awake = replace(
        case,
        waiting=None if waits else case.waiting,
        snoozed_until=None if snoozes else case.snoozed_until,
    )
    return _woken(awake, at, lease, service_terms, "its time has come")


def wake(case: Case, *, at: datetime, lease: Terms, service_terms: ServiceTerms, why: str) -> Case:
    """The case is on the desk again and its clocks go on; unchanged when it was awake."""
    if case.waiting is None and case.snoozed_until is None:
        return case
    return _woken(replace(case, waiting=None, snoozed_until=None), at, lease, service_terms, why)


def _woken(case: Case, at: datetime, lease: Terms, service_terms: ServiceTerms, why: str) -> Case:
    case = record(case, Kind.WOKEN, DESK, at, why=why, owner=case.owner)
    case = resume_lease(case, at, lease)
    return case if case.waiting else service.resume_resolve(case, at, service_terms)
