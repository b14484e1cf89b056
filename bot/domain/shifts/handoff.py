"""Handoffs: an offer from one department to another. Until it is accepted, the giver's side owns the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain import service
from bot.domain.alarms.escalation import end_escalation
from bot.domain.case import Case, answers_for, authorise, must_be_open, record
from bot.domain.events import Datum, Kind
from bot.domain.parts import Lease, Offer, State
from bot.domain.people import PersonId
from bot.domain.refusals import NotYours, ReasonNeeded
from bot.domain.remember import remember
from bot.domain.replies.voiding import MOVED, laid_down, voided
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.offer_refusals import (
    DecisionStands,
    NoOffer,
    OfferPending,
    OtherNeeded,
    SameDepartment,
    ThirdHandoff,
)
from bot.domain.shifts.questions import withdraw_questions
from bot.domain.sight_refusals import NotTheirs
from bot.domain.terms import ServiceTerms, Terms

_UNDECIDED: Final = 2
"""So often a case may change departments before a lead decides where it belongs."""


def offer(
    case: Case, to: str, note: str, *, by: Actor, at: datetime, clock: Terms, lease: Terms, page_at_half: bool
) -> Case:
    """Asks the department `to`. The owner's lease pauses; the offer runs in the receiver's working time.

    Raises ThirdHandoff when the case was handed over twice and `by` does not lead its department, NotTheirs for a case
    that the department may not see.
    """
    authorise(case, by, "handoff")
    must_be_open(case)
    if case.offer is not None:
        raise OfferPending(case.id, case.offer.to, case.offer.until)
    if case.owner is not None and not answers_for(case, by) and not by.leads(case.department):
        raise NotYours(case.id, case.owner, "hand over")
    if to == case.department:
        raise SameDepartment(case.id, to)
    if case.handoffs >= _UNDECIDED and not by.leads(case.department):
        raise ThirdHandoff(case.id, case.department)
    if case.restricted_to and to not in case.restricted_to:
        raise NotTheirs(case.id, to, case.restricted_to)
    case = withdraw(case, by=by, at=at) if case.handover else case
    until = clock.ends(at)
    half = clock.resume(at, clock.left(at, until) / 2) if page_at_half else None
    case = replace(
        case,
        offer=Offer(
            to=to,
            by=by.id,
            note=note,
            asked_at=at,
            until=until,
            half_at=half,
            event=case.seq + len(case.pending) + 1,
        ),
        seen_in=tuple(dict.fromkeys((*case.seen_in, to))),
        snoozed_until=None,
    )
    return pause_lease(
        record(case, Kind.OFFERED, by, at, to=to, note=note, until=until.isoformat()), at, lease
    )


def accept(case: Case, *, by: Actor, at: datetime, lease: Terms, service_terms: ServiceTerms) -> Case:
    """The case moves to the receiver, in the hands of who accepted. `lease` and terms are the receiver's."""
    pending = _pending(case)
    by.must("accept", pending.to, case.community)
    before, giver, former = case, case.department, case.owner
    until = lease.ends(at)
    case = replace(
        case,
        department=pending.to,
        state=State.CLAIMED,
        owner=by.id,
        owner_acted_at=at,
        claimed_at=at,
        lease=Lease(since=at, until=until, warn_at=lease.warns(at, until)),
        offer=None,
        waiting=None,
        handoffs=case.handoffs + 1,
    )
    case = service.reclock(service.resume_resolve(case, at, service_terms), service_terms, at=at)
    case = withdraw_questions(case, by=by, at=at, to=pending.to)
    case = record(case, Kind.ACCEPTED, by, at, giver=giver, former=former, offered_by=pending.by)
    # Another department's rules say who approves; the words go with the case, and so does the pen.
    case = voided(case, MOVED, at)
    case = replace(case, reply=laid_down(case.reply))
    return remember(before, end_escalation(case, by, at), Kind.ACCEPTED, by=by, at=at)


def decline(
    case: Case,
    reason: str,
    other: str | None,
    *,
    by: Actor,
    at: datetime,
    lease: Terms,
    needs_other: bool,
    past_hours: PersonId | None = None,
) -> Case:
    """Back to the giver, with the reason, and with who else should have it where one was named.

    `past_hours` is who answers for the giving side when its owner is not at work.
    """
    pending = _pending(case)
    by.must("decline", pending.to, case.community)
    if case.handoffs >= _UNDECIDED:
        raise DecisionStands(case.id, pending.by)
    if needs_other and other is None:
        raise OtherNeeded(case.id, pending.to)
    if not reason:
        raise ReasonNeeded(case.id, "decline", "Whoever offered it needs to know what to do now.")
    case = record(
        replace(case, offer=None),
        Kind.DECLINED,
        by,
        at,
        to=pending.to,
        offered_by=pending.by,
        reason=reason,
        other=other,
        **_instead_of_owner(case, past_hours),
    )
    return back(case, past_hours, at, lease)


def halfway(case: Case, *, at: datetime) -> Case:
    """Half the clock is gone: the receiver's duty person is to be told, once. Unchanged at other times."""
    pending = case.offer
    if pending is None or pending.half_at is None or at < pending.half_at or at >= pending.until:
        return case
    case = replace(case, offer=replace(pending, half_at=None))
    return record(case, Kind.OFFER_HALFWAY, DESK, at, to=pending.to, note=pending.note)


def tell_now(case: Case, *, at: datetime) -> Case:
    """The receiver's duty person is told at once instead of at half the clock. Raises NoOffer."""
    pending = _pending(case)
    return halfway(replace(case, offer=replace(pending, half_at=at)), at=at)


def expire(case: Case, *, at: datetime, lease: Terms, past_hours: PersonId | None = None) -> Case:
    """An offer nobody answered comes back to the giver, or to who answers past the owner's hours.

    Unchanged while it still runs.
    """
    pending = case.offer
    if pending is None or at < pending.until:
        return case
    case = record(
        replace(case, offer=None),
        Kind.OFFER_EXPIRED,
        DESK,
        at,
        to=pending.to,
        offered_by=pending.by,
        **_instead_of_owner(case, past_hours),
    )
    return back(case, past_hours, at, lease)


def _instead_of_owner(case: Case, past_hours: PersonId | None) -> dict[str, Datum]:
    moves = past_hours is not None and case.owner not in (None, past_hours)
    return {"duty": past_hours, "former": case.owner} if moves else {}


def back(case: Case, past_hours: PersonId | None, at: datetime, lease: Terms) -> Case:
    """What was offered is its owner's again, or, past the owner's hours, `past_hours`'s with a lease of their own."""
    if past_hours is None or case.owner in (None, past_hours):
        return resume_lease(case, at, lease)
    until = lease.ends(at)
    fresh = Lease(since=at, until=until, warn_at=lease.warns(at, until))
    case = replace(case, owner=past_hours, owner_acted_at=at, claimed_at=at, lease=fresh)
    return pause_lease(case, at, lease) if case.waiting or case.snoozed_until else case


def withdraw(case: Case, *, by: Actor, at: datetime) -> Case:
    """The giver takes back what waits for an answer: a handover to a colleague, else the offer. Raises NoOffer."""
    asked = case.handover
    if asked is not None:
        return record(
            replace(case, handover=None), Kind.HANDOVER_WITHDRAWN, by, at, to=asked.to, giver=asked.by
        )
    pending = _pending(case)
    return record(
        replace(case, offer=None), Kind.OFFER_WITHDRAWN, by, at, to=pending.to, offered_by=pending.by
    )


def pause_lease(case: Case, at: datetime, lease: Terms) -> Case:
    """The owner's lease stands still."""
    running = case.lease
    if running is None or running.left is not None:
        return case
    return replace(case, lease=replace(running, left=lease.left(at, running.until)))


def resume_lease(case: Case, at: datetime, lease: Terms) -> Case:
    """The owner's lease goes on with what was left, unless another reason still holds it."""
    paused = case.lease
    replying = case.reply is not None and case.reply.holds_lease
    held = case.offer or case.handover or case.waiting or case.snoozed_until or replying
    if paused is None or paused.left is None or held:
        return case
    until = lease.resume(at, paused.left)
    warn_at = lease.warns(at, until)
    return replace(case, lease=replace(paused, left=None, until=until, warn_at=warn_at, warned=False))


def _pending(case: Case) -> Offer:
    if case.offer is None:
        raise NoOffer(case.id)
    return case.offer
