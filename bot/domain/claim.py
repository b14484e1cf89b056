"""Claims: from now on one person answers for it. A claim is a lease."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alarms.escalation import end_escalation, was_paged
from bot.domain.case import Case, answers_for, authorise, must_be_open, record
from bot.domain.events import Kind
from bot.domain.parts import Lease, State
from bot.domain.refusals import AlreadyClaimed, CannotHold, NotClaimed, NotYours, ReasonNeeded
from bot.domain.replies.voiding import laid_down
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import pause_lease, resume_lease, withdraw
from bot.domain.shifts.offer_refusals import OfferPending
from bot.domain.terms import Terms

TAKE_WITHOUT_REASON_AFTER: Final = timedelta(minutes=30)
"""How long after the holder's last act a takeover still wants a reason."""


def claim(case: Case, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """The case is `by`'s. Raises AlreadyClaimed when somebody was quicker, OfferPending while offered."""
    if case.offer is not None and by.may("accept", case.offer.to, case.community):
        raise OfferPending(case.id, case.offer.to, case.offer.until, mine=True)
    authorise(case, by, "claim")
    must_be_open(case)
    if case.owner is not None:
        raise AlreadyClaimed(case.id, case.owner, case.claimed_at or at, mine=case.owner == by.id)
    if case.offer is not None:
        raise OfferPending(case.id, case.offer.to, case.offer.until)
    case = owned(case, by, at, lease)
    return end_escalation(record(case, Kind.CLAIMED, by, at), by, at)


def take(case: Case, reason: str, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """The explicit takeover. A lead needs no reason, nor who covers for the holder, nor anyone once the holder was silent for 30 minutes.

    Whoever a running escalation paged may take the case, with or without a role in its department.
    """
    if not (case.escalating and was_paged(case, by)):
        authorise(case, by, "take")
    must_be_open(case)
    former = case.owner
    if former is None:
        case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
        return end_escalation(record(owned(case, by, at, lease), Kind.CLAIMED, by, at), by, at)
    if former == by.id:
        raise AlreadyClaimed(case.id, former, case.claimed_at or at, mine=True)
    acted = case.owner_acted_at or case.claimed_at
    if (
        not reason
        and not by.leads(case.department)
        and former not in by.covers
        and acted is not None
        and at - acted < TAKE_WITHOUT_REASON_AFTER
    ):
        raise ReasonNeeded(case.id, "take", "Its owner acted within the last 30 minutes.")
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    case = record(owned(case, by, at, lease), Kind.TAKEN, by, at, former=former, reason=reason)
    return end_escalation(case, by, at)


def release(case: Case, *, by: Actor, at: datetime) -> Case:
    """Back to the queue. Withdraws a pending offer first; for an unclaimed case that is all it does."""
    authorise(case, by, "release")
    must_be_open(case)
    if case.owner is None and case.offer is None:
        raise NotClaimed(case.id)
    must_hold(case, by, "release")
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    if case.owner is None:
        return case
    former = case.owner
    return record(freed(case), Kind.RELEASED, by, at, former=former)


def extend(case: Case, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """A fresh lease for its owner, who keeps it: a handover that waits is withdrawn."""
    authorise(case, by, "extend")
    must_be_open(case)
    if case.owner is None:
        raise NotClaimed(case.id)
    must_hold(case, by, "extend")
    if case.handover is not None:
        case = resume_lease(withdraw(case, by=by, at=at), at, lease)
    case = record(case, Kind.EXTENDED, by, at)
    return replace(case, lease=renewed(case.lease, at, lease))


def assign(case: Case, to: Actor, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """A lead gives the case to a colleague of the owning department."""
    authorise(case, by, "assign")
    must_be_open(case)
    if not to.may("claim", case.department, case.community):
        raise CannotHold(case.id, to.id, case.department)
    if case.owner == to.id:
        raise AlreadyClaimed(case.id, to.id, case.claimed_at or at, mine=to.id == by.id)
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    former = case.owner
    case = owned(case, to, at, lease)
    case = record(case, Kind.ASSIGNED, by, at, to=to.id, former=former)
    return end_escalation(case, by, at)


def warn_of_lapse(case: Case, *, at: datetime) -> Case:
    """Tells the owner once that the lease is nearly over; unchanged when that is not so (any more)."""
    lease = case.lease
    if lease is None or lease.warned or lease.left is not None or at < lease.warn_at or at >= lease.until:
        return case
    case = replace(case, lease=replace(lease, warned=True))
    return record(case, Kind.LEASE_WARNED, DESK, at, owner=case.owner, until=lease.until.isoformat())


def lapse(case: Case, *, at: datetime) -> Case:
    """A lease that ran out returns the case to the queue; unchanged when it runs on or is paused."""
    lease = case.lease
    if lease is None or lease.left is not None or at < lease.until:
        return case
    former = case.owner
    return record(freed(case), Kind.LAPSED, DESK, at, former=former)


def owned(case: Case, by: Actor, at: datetime, lease: Terms) -> Case:
    """The case in `by`'s hands with a fresh lease, which stands still if the case waits."""
    case = replace(
        case,
        state=State.CLAIMED,
        owner=by.id,
        owner_acted_at=at,
        claimed_at=at,
        lease=renewed(None, at, lease),
        snoozed_until=None,
    )
    replying = case.reply is not None and case.reply.holds_lease
    return pause_lease(case, at, lease) if case.waiting or replying else case


def renew(case: Case, by: Actor, at: datetime, lease: Terms) -> Case:
    """The owner did something, so the lease starts afresh; others' acts change nothing."""
    if case.lease is None or not answers_for(case, by):
        return case
    return replace(case, lease=renewed(case.lease, at, lease))


def renewed(old: Lease | None, at: datetime, terms: Terms) -> Lease:
    """A full lease from `at`; one that is paused stays paused, with its full time left."""
    until = terms.ends(at)
    left = terms.left(at, until) if old is not None and old.left is not None else None
    since = old.since if old is not None else at
    return Lease(since=since, until=until, warn_at=terms.warns(at, until), left=left)


def must_hold(case: Case, by: Actor, verb: str) -> None:
    """Raises NotYours unless `by` owns the case or covers for who does, leads its department, or nobody owns it."""
    if case.owner is not None and not answers_for(case, by) and not by.leads(case.department):
        raise NotYours(case.id, case.owner, verb)


def freed(case: Case) -> Case:
    """The case in nobody's hands, its draft kept; nothing is recorded."""
    return replace(
        case,
        reply=laid_down(case.reply),
        state=State.OPEN,
        owner=None,
        owner_acted_at=None,
        claimed_at=None,
        lease=None,
    )
