"""Handovers: all claims of one person are offered to one colleague. Until accepted, each case stays with its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.alarms.escalation import end_escalation, page_failed
from bot.domain.case import Case, answers_for, authorise, must_be_open, record
from bot.domain.claim import freed, owned
from bot.domain.events import Datum, Kind
from bot.domain.parts import Handover
from bot.domain.people import PersonId
from bot.domain.refusals import CannotHold, NotClaimed, NotYours
from bot.domain.replies.voiding import AUTHOR_LEFT, laid_down, voided
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import back, pause_lease, resume_lease, withdraw
from bot.domain.shifts.handover_refusals import HandoverPending, NothingHandedOver
from bot.domain.shifts.offer_refusals import OfferPending
from bot.domain.shifts.questions import ended
from bot.domain.terms import Terms


def may_go(case: Case, to: Actor) -> bool:
    """Whether this claim can be offered to that colleague as it is."""
    free = case.owner is not None and case.offer is None and case.handover is None and not case.closed
    return free and case.owner != to.id and to.may("claim", case.department, case.community)


def hand_over(
    case: Case,
    to: Actor,
    note: str,
    *,
    by: Actor,
    at: datetime,
    until: datetime,
    cases: tuple[int, ...],
    lease: Terms,
) -> Case:
    """Asks the colleague `to`, about all of `cases` together; the owner's lease pauses until the answer.

    Raises OfferPending, HandoverPending, CannotHold, NotClaimed or NotYours.
    """
    authorise(case, by, "handover")
    must_be_open(case)
    if case.owner is None:
        raise NotClaimed(case.id)
    if not answers_for(case, by) and not by.leads(case.department):
        raise NotYours(case.id, case.owner, "hand over")
    if case.offer is not None:
        raise OfferPending(case.id, case.offer.to, case.offer.until)
    if case.handover is not None:
        raise HandoverPending(case.id, case.handover.to, case.handover.until)
    if not may_go(case, to):
        raise CannotHold(case.id, to.id, case.department)
    event = case.seq + len(case.pending) + 1
    asked = Handover(to=to.id, by=case.owner, note=note, asked_at=at, until=until, cases=cases, event=event)
    case = record(
        replace(case, handover=asked),
        Kind.HANDOVER_OFFERED,
        by,
        at,
        to=to.id,
        note=note,
        until=until.isoformat(),
    )
    return pause_lease(case, at, lease)


def asks(case: Case, by: Actor) -> bool:
    """Whether `by` is asked to take this case over, or covers for who is."""
    return case.handover is not None and (case.handover.to == by.id or case.handover.to in by.covers)


def accept_handover(case: Case, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """From now on `by` answers for it, with a fresh lease; it goes on waiting or snoozing where it did."""
    asked = _asked(case, by)
    by.must("claim", case.department, case.community)
    former, snoozed = case.owner, case.snoozed_until
    case = replace(owned(replace(case, handover=None), by, at, lease), snoozed_until=snoozed)
    case = record(case, Kind.HANDOVER_ACCEPTED, by, at, former=former, giver=asked.by)
    case = pause_lease(case, at, lease) if snoozed else case
    return end_escalation(case, by, at)


def decline_handover(
    case: Case, reason: str, *, by: Actor, at: datetime, lease: Terms, past_hours: PersonId | None = None
) -> Case:
    """It stays its owner's, or, past the owner's hours, becomes `past_hours`'s. A reason helps but need not be."""
    asked = _asked(case, by)
    case = record(
        replace(case, handover=None),
        Kind.HANDOVER_DECLINED,
        by,
        at,
        to=asked.to,
        giver=asked.by,
        reason=reason,
        **_moved(case, past_hours),
    )
    return back(case, past_hours, at, lease)


def expire_handover(case: Case, *, at: datetime, lease: Terms, past_hours: PersonId | None = None) -> Case:
    """Nobody answered in time: it stays its owner's, or becomes `past_hours`'s. Unchanged while it runs."""
    asked = case.handover
    if asked is None or at < asked.until:
        return case
    case = record(
        replace(case, handover=None),
        Kind.HANDOVER_EXPIRED,
        DESK,
        at,
        to=asked.to,
        giver=asked.by,
        **_moved(case, past_hours),
    )
    return back(case, past_hours, at, lease)


def relieve(case: Case, gone: PersonId, *, at: datetime, lease: Terms) -> Case:
    """Who has no part in the desk any more lets go of all of it: claim, offer, handover, questions, replies and pages.

    Unchanged when they hold nothing of this case.
    """
    before = case
    offers = case.offer is not None and case.offer.by == gone
    hands = case.handover is not None and gone in (case.handover.to, case.handover.by)
    if offers or hands or (case.owner == gone and case.offer is not None):
        case = withdraw(case, by=DESK, at=at)
    case = _unwritten(case, gone, at)
    asked = tuple(each for each in case.consults if each.by == gone)
    case = ended(case, asked)
    for each in asked:
        case = record(case, Kind.CONSULT_WITHDRAWN, DESK, at, to=each.to, asked_by=each.by, of=each.event)
    case = _unpaged(case, gone, at)
    if case.owner == gone and not case.closed:
        return record(freed(case), Kind.RELIEVED, DESK, at, former=gone, freed=True)
    if case == before:
        return case
    return resume_lease(record(case, Kind.RELIEVED, DESK, at, former=gone), at, lease)


def _unwritten(case: Case, gone: PersonId, at: datetime) -> Case:
    """Their words stay with the case, for whoever goes on; what they were to approve is somebody else's at once."""
    reply = case.reply
    if reply is not None and gone == reply.by:
        case = voided(case, AUTHOR_LEFT, at)
    elif reply is not None and gone == reply.asked and reply.asked_until is not None:
        case = replace(case, reply=replace(reply, asked_until=at))
    if case.reply is not None and gone in (reply.by if reply else None, case.reply.composer):
        case = replace(case, reply=laid_down(case.reply))
    return case


def _unpaged(case: Case, gone: PersonId, at: datetime) -> Case:
    """Their pages reach nobody; what they acknowledged is acknowledged by nobody, and climbs at once."""
    escalation = case.escalation
    if escalation is None or not case.escalating or case.closed:
        return case
    if escalation.acked_by == gone:
        escalation = replace(escalation, acked_by=None, acked_at=None, climb_at=at)
        case = replace(case, escalation=escalation)
    for page in escalation.pages:
        if page.person == gone and not page.failed:
            case = page_failed(case, page.number, at=at)
    return case


def _moved(case: Case, past_hours: PersonId | None) -> dict[str, Datum]:
    moves = past_hours is not None and past_hours != case.owner
    return {"duty": past_hours, "former": case.owner} if moves else {}


def _asked(case: Case, by: Actor) -> Handover:
    if case.handover is None or not asks(case, by):
        raise NothingHandedOver
    return case.handover
