"""Escalation: who is paged, in which order, and until when. A page is acknowledged, or it climbs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import Case, must_be_open, must_stand, record
from bot.domain.events import Datum, Kind
from bot.domain.parts import Escalation, Page
from bot.domain.people import PersonId
from bot.domain.refusals import AlreadyAcknowledged, AlreadyEscalated, NobodyLeft, NotEscalated
from bot.domain.roles import DESK, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What the policy says comes next for a case.

    With `people`, they are paged now and the next rung follows at `next_at`. Without, everybody to be asked
    is off hours and this rung is looked at again at `next_at`. `last` is the end of the ladder: all leads
    and an alarm in the channel. `instead` are (who is paged, who is away) where somebody stands in. `ways` are the pagers by
    which it leaves, too.
    """

    step: int
    round: int
    people: tuple[PersonId, ...]
    next_at: datetime | None
    last: bool = False
    instead: tuple[tuple[PersonId, PersonId], ...] = ()
    ways: tuple[str, ...] = ()


def escalate(case: Case, why: str, policy: str, *, by: Actor, at: datetime) -> Case:
    """Starts to climb, from the first step, at once. Raises AlreadyEscalated while one is running."""
    must_be_open(case)
    if case.escalating:
        raise AlreadyEscalated(case.id)
    escalation = Escalation(policy=policy, why=why, by=by.id, started_at=at, climb_at=at)
    return record(replace(case, escalation=escalation), Kind.ESCALATED, by, at, why=why, policy=policy)


def climb(case: Case, rung: Rung, *, at: datetime) -> Case:
    """Pages the next rung when its time has come; unchanged before, or when the escalation is over."""
    escalation = case.escalation
    if escalation is None or not due(case, at):
        return case
    if not rung.people and not rung.last:
        return replace(case, escalation=replace(escalation, climb_at=rung.next_at))
    if escalation.acked_by is not None:
        case = record(case, Kind.CLIMBED, DESK, at, after=escalation.acked_by)
    first = len(escalation.pages) + 1
    number = escalation.pages[-1].rung + 1 if escalation.pages else 1
    instead = dict(rung.instead)
    pages = tuple(
        Page(
            number=first + i,
            person=who,
            at=at,
            rung=number,
            instead_of=instead.get(who),
            outage=escalation.outage,
            ways=rung.ways,
        )
        for i, who in enumerate(rung.people)
    )
    case = replace(
        case,
        escalation=replace(
            escalation,
            step=rung.step + 1,
            round=rung.round,
            climb_at=rung.next_at,
            pages=(*escalation.pages, *pages),
            acked_by=None,
            acked_at=None,
        ),
    )
    for page in pages:
        case = _told_paged(case, page, escalation.why)
    return record(case, Kind.ESCALATION_EXHAUSTED, DESK, at) if rung.last else case


def due(case: Case, at: datetime) -> bool:
    """Whether the next rung's time has come."""
    escalation = case.escalation
    return (
        escalation is not None
        and escalation.running
        and escalation.climb_at is not None
        and escalation.climb_at <= at
        and not case.closed
    )


def acknowledge(case: Case, *, by: Actor, at: datetime, buys: timedelta) -> Case:
    """Somebody has seen it. It climbs again after `buys` unless a claim, note or status follows."""
    escalation = _running(case)
    if not was_paged(case, by):
        by.must("ack", case.department)
    if escalation.acked_by is not None and escalation.acked_at is not None:
        raise AlreadyAcknowledged(case.id, escalation.acked_by, escalation.acked_at)
    acked = replace(escalation, acked_by=by.id, acked_at=at, climb_at=at + buys)
    case = replace(case, escalation=acked)
    return record(case, Kind.ACKNOWLEDGED, by, at, climbs=(at + buys).isoformat())


def pass_on(case: Case, why: str, *, by: Actor, at: datetime) -> Case:
    """Not mine: the next step is due at once, and `by` is not asked again.

    Raises AlreadyAcknowledged when somebody else has it in hand, NobodyLeft when all steps were paged.
    """
    escalation = _running(case)
    if not was_paged(case, by):
        by.must("pass", case.department)
    acked_by, acked_at = escalation.acked_by, escalation.acked_at
    if acked_by is not None and acked_at is not None and acked_by != by.id:
        raise AlreadyAcknowledged(case.id, acked_by, acked_at)
    if escalation.climb_at is None:
        raise NobodyLeft(case.id)
    passed = replace(
        escalation,
        climb_at=at,
        acked_by=None,
        acked_at=None,
        passed_by=tuple(dict.fromkeys((*escalation.passed_by, by.id))),
    )
    return record(replace(case, escalation=passed), Kind.PASSED, by, at, why=why)


def page_failed(case: Case, number: int, *, at: datetime) -> Case:
    """A page could not be delivered. When nobody of its rung can be reached, the next rung is due at once.

    Unchanged when the escalation is over or has no page of that number.
    """
    escalation = case.escalation
    if escalation is None or not escalation.running or not any(p.number == number for p in escalation.pages):
        return case
    pages = tuple(replace(p, failed=p.failed or p.number == number) for p in escalation.pages)
    reached = any(not page.failed for page in pages if page.rung == pages[-1].rung)
    climbs = escalation.acked_by is None and escalation.climb_at is not None and not reached
    climb_at = at if climbs else escalation.climb_at
    return replace(case, escalation=replace(escalation, pages=pages, climb_at=climb_at))


def page_instead(case: Case, away: PersonId, cover: PersonId | None, *, at: datetime) -> Case:
    """Who was paged last and did not answer is away now: their cover is paged beside them, at once.

    Without a cover the page counts as one that reached nobody. Unchanged when they were not paged last, or when
    somebody answered.
    """
    escalation = case.escalation
    if escalation is None or not case.escalating or escalation.acked_by is not None or not escalation.pages:
        return case
    rung = escalation.pages[-1].rung
    asked = [page for page in escalation.pages if page.rung == rung]
    missed = next((page for page in asked if page.person == away and not page.failed), None)
    if missed is None:
        return case
    if cover is None:
        return page_failed(case, missed.number, at=at)
    if any(page.person == cover for page in asked):
        return case
    number = len(escalation.pages) + 1
    page = replace(missed, number=number, person=cover, at=at, instead_of=away, outage=escalation.outage)
    case = replace(case, escalation=replace(escalation, pages=(*escalation.pages, page)))
    return _told_paged(case, page, escalation.why)


def was_paged(case: Case, by: Actor) -> bool:
    """Whether `by` was asked by this escalation, or covers for who was; whoever was asked may answer."""
    asked = {by.id, *by.covers}
    return case.escalation is not None and any(page.person in asked for page in case.escalation.pages)


def work_was_done(case: Case, by: Actor, at: datetime) -> Case:
    """A note or a status after an acknowledgement is the answer that was waited for."""
    escalation = case.escalation
    if escalation is None or escalation.acked_at is None:
        return case
    return end_escalation(case, by, at)


def end_escalation(case: Case, by: Actor, at: datetime) -> Case:
    """Somebody answers for the case now; unchanged when no escalation runs."""
    escalation = case.escalation
    if escalation is None or not escalation.running:
        return case
    over = replace(escalation, over_at=at, over_by=by.id, climb_at=None)
    return record(replace(case, escalation=over), Kind.ESCALATION_OVER, by, at)


def _told_paged(case: Case, page: Page, why: str) -> Case:
    instead: dict[str, Datum] = {"instead_of": page.instead_of} if page.instead_of else {}
    instead |= {"outage": page.outage} if page.outage else {}
    return record(case, Kind.PAGED, DESK, page.at, person=page.person, number=page.number, why=why, **instead)


def _running(case: Case) -> Escalation:
    must_stand(case)
    if case.escalation is None or not case.escalation.running or case.closed:
        raise NotEscalated(case.id)
    return case.escalation
