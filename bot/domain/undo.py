"""Second thoughts: a dismissal, a resolution or an accepted handoff is taken back, and the case is what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import service
from bot.domain.case import Case, record
from bot.domain.claim import renewed
from bot.domain.events import Kind
from bot.domain.parts import Escalation, State, Undoable
from bot.domain.replies.reply_refusals import PublishedStays
from bot.domain.roles import Actor
from bot.domain.second_thoughts import NAMES, WITHIN
from bot.domain.shifts.handoff import pause_lease
from bot.domain.terms import ServiceTerms, Terms
from bot.domain.undo_refusals import (
    MergedSince,
    NothingToUndo,
    NotYoursToUndo,
    OpenAlready,
    TooLate,
    WorkedOn,
)


def may_undo(case: Case, by: Actor, at: datetime) -> bool:
    """Whether `by` could take the newest act back at `at`."""
    return undoable(case, at) is not None and _concerned(case, by)


def undoable(case: Case, at: datetime) -> Undoable | None:
    """What can be taken back at `at`, if anything."""
    kept = case.undoable
    return kept if kept is not None and at < kept.until and kept.overtaken_by is None else None


def undo(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    lease: Terms,
    service_terms: ServiceTerms,
    holder: Actor | None,
) -> Case:
    """The case as it was before the act: its department, state, owner, rest, promises and escalation.

    The owner gets a fresh lease, if `holder`, that person as the policy knows them now, may still have the case; else
    it goes to the queue. Clocks count as if the act had not been, so what came due meanwhile is due at once, and an
    escalation that the act ended climbs on. An offer that it withdrew, or answered, does not come back.
    `lease` and terms are those of the department that has it again.
    Raises NothingToUndo, TooLate, NotYoursToUndo, OpenAlready, MergedSince or WorkedOn.
    """
    kept = _must_be_undoable(case, by, at)
    holds = holder is not None and holder.id == kept.owner and _may_hold(holder, kept, case)
    restored = replace(
        case,
        department=kept.department,
        state=State.CLAIMED if holds else State.OPEN,
        owner=kept.owner if holds else None,
        owner_acted_at=kept.claimed_at if holds else None,
        claimed_at=kept.claimed_at if holds else None,
        lease=renewed(None, at, lease) if holds else None,
        outcome=None,
        closed_at=None,
        waiting=kept.waiting,
        snoozed_until=kept.snoozed_until,
        service=replace(kept.service, told=tuple(dict.fromkeys((*kept.service.told, *case.service.told)))),
        escalation=_climbing_on(case.escalation, kept),
        handoffs=case.handoffs - (kept.act is Kind.ACCEPTED),
        undoable=None,
    )
    restored = service.reclock(_rested(restored, kept, at, service_terms), service_terms, at=at)
    if restored.waiting or restored.snoozed_until:
        restored = pause_lease(restored, at, lease)
    return record(
        restored,
        Kind.UNDONE,
        by,
        at,
        what=NAMES[kept.act],
        of=kept.event,
        owner=restored.owner,
        former=case.owner if kept.act is Kind.ACCEPTED else kept.owner,
        receiver=case.department if kept.act is Kind.ACCEPTED else None,
        withdrawn=", ".join(kept.withdrawn) or None,
    )


def _must_be_undoable(case: Case, by: Actor, at: datetime) -> Undoable:
    kept = case.undoable
    newest = case.answered[-1].at if case.answered else None
    if newest is not None and (kept is None or newest > kept.until - WITHIN) and not case.closed:
        raise PublishedStays(case.id)
    if kept is None:
        raise NothingToUndo(case.id)
    what, closing = NAMES[kept.act], kept.act is not Kind.ACCEPTED
    if not _concerned(case, by):
        raise NotYoursToUndo(case.id, what, kept.by, case.department)
    if kept.overtaken_by is not None:
        if case.merged_into is not None:
            raise MergedSince(case.id, case.merged_into)
        if closing:
            raise OpenAlready(case.id, kept.overtaken_by)
        mine = kept.overtaken_by == by.id
        raise WorkedOn(case.id, kept.overtaken_by, case.department, kept.department, mine=mine)
    if at >= kept.until:
        raise TooLate(case.id, what, closed=closing)
    return kept


def _concerned(case: Case, by: Actor) -> bool:
    """Whoever did it, and the leads of the department that has the case and of the one that had it."""
    kept = case.undoable
    return kept is not None and (by.id == kept.by or by.leads(case.department) or by.leads(kept.department))


def _may_hold(holder: Actor, kept: Undoable, case: Case) -> bool:
    return any(holder.may(verb, kept.department, case.community) for verb in ("claim", "take"))


def _rested(case: Case, kept: Undoable, at: datetime, terms: ServiceTerms) -> Case:
    """What woke the case meanwhile, its moment or its customer, has woken it."""
    written = case.last_mention_at
    customer = written if written is not None and written > kept.until - WITHIN else None
    if case.snoozed_until is not None and (customer or case.snoozed_until <= at):
        case = replace(case, snoozed_until=None)
    if case.waiting is None:
        return case
    woken = min(moment for moment in (customer, case.waiting.until) if moment is not None)
    if woken > at:
        return case
    return service.resume_resolve(replace(case, waiting=None), woken, terms)


def _climbing_on(escalation: Escalation | None, kept: Undoable) -> Escalation | None:
    """The escalation that the act ended runs again; a later one stays as it is."""
    if escalation is None or escalation.running or escalation.started_at != kept.escalated_at:
        return escalation
    return replace(escalation, over_at=None, over_by=None, climb_at=kept.climb_at)
