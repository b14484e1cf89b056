"""A case's beginning and end: opened, joined, resolved, dismissed, reopened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain import service
from bot.domain.alarms.escalation import end_escalation
from bot.domain.case import Case, authorise, must_be_open, record
from bot.domain.claim import must_hold, renewed
from bot.domain.events import Datum, Kind
from bot.domain.mention import Mention
from bot.domain.parts import Priority, State
from bot.domain.pause import wake
from bot.domain.refusals import NotClosed
from bot.domain.remember import remember
from bot.domain.replies.voiding import (
    ANSWERED_ELSEWHERE,
    CLOSED,
    DELETED,
    EDITED,
    WORDS_CAME,
    WROTE_AGAIN,
    about,
    laid_down,
    voided,
)
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import withdraw
from bot.domain.shifts.questions import withdraw_questions
from bot.domain.terms import ServiceTerms, Terms

OUTCOMES: Final = ("answered", "fixed", "refunded", "referred", "nothing-needed")
"""How a case may end; the digest counts them."""


def open_case(
    number: int,
    mention: Mention,
    *,
    department: str,
    priority: Priority,
    marks: frozenset[str],
    reasons: str,
    at: datetime,
    terms: ServiceTerms,
    linked_to: int | None = None,
    by: Actor = DESK,
) -> Case:
    """A new case for its first mention; its clocks count from the mention's arrival."""
    case = Case(
        id=number,
        community=mention.community,
        department=department,
        priority=priority,
        opened_at=mention.received_at,
        service=service.promise(mention.received_at, terms),
        marks=tuple(sorted(marks)),
        mentions=1,
        last_mention_at=mention.received_at,
        seen_in=(department,),
        language=mention.lang,
        linked_to=linked_to,
    )
    return record(
        case,
        Kind.OPENED,
        by,
        at,
        mention=mention.id,
        priority=priority.value,
        why=reasons,
        linked_to=linked_to,
    )


def join(
    case: Case,
    mention: Mention,
    *,
    why: str,
    priority: Priority,
    marks: frozenset[str],
    at: datetime,
    terms: ServiceTerms,
    lease: Terms,
    voids: bool = True,
    helps: bool = False,
) -> Case:
    """One more mention of the same matter. It wakes a waiting or snoozed case and reopens a closed one. With `helps` it
    is by somebody else of the community who answers the customer: the case is marked so and sleeps on.

    `terms` and `lease` are those of the more urgent of the two priorities, which holds from now on.
    """
    if case.closed:
        case = _reopened(case, DESK, at, terms, since=mention.received_at)
    if not helps:
        case = wake(case, at=at, lease=lease, service_terms=terms, why="the customer wrote again")
    voids = voids and not helps
    case = join_open(
        case, mention, why=why, priority=priority, marks=marks, at=at, terms=terms, lease=lease, voids=voids
    )
    return replace(case, helped_by=mention.id) if helps else case


def join_open(
    case: Case,
    mention: Mention,
    *,
    why: str,
    priority: Priority,
    marks: frozenset[str],
    at: datetime,
    terms: ServiceTerms,
    lease: Terms,
    copy: bool = False,
    voids: bool = True,
) -> Case:
    """`join` where nothing has to be woken or reopened; `copy` says that it is one of many near-copies. With `voids` it
    is by whom a reply under way answers, which is to be read again."""
    case = replace(
        case,
        mentions=case.mentions + 1,
        last_mention_at=mention.received_at,
        language=mention.lang or case.language,
        marks=tuple(sorted({*case.marks, *marks})),
        helped_by=None if voids and not copy else case.helped_by,
    )
    case = voided(case, WROTE_AGAIN, at) if voids and not copy else case
    more: dict[str, Datum] = {"copy": True} if copy else {}
    case = record(case, Kind.JOINED, DESK, at, mention=mention.id, why=why, **more)
    return _with_priority(case, priority, DESK, at, terms, lease) if priority < case.priority else case


def answered_in_public(case: Case, *, at: datetime) -> Case:
    """A post of our own in the customer's thread: the public heard from us at `at`. Nothing wakes, and no second answer
    leaves unread."""
    return case if case.closed else voided(service.respond(case, DESK, at), ANSWERED_ELSEWHERE, at)


def revise(case: Case, mention_id: int, *, at: datetime) -> Case:
    """The author edited the post at its source: a reply to it is to be read again."""
    case = voided(case, EDITED, at) if about(case, mention_id) else case
    return record(case, Kind.REVISED, DESK, at, mention=mention_id)


def complete(
    case: Case,
    mention: Mention,
    *,
    priority: Priority,
    marks: frozenset[str],
    at: datetime,
    terms: ServiceTerms,
    lease: Terms,
) -> Case:
    """The words of a post came that were missing: it is as urgent as they are, and a reply to it is to be read again."""
    case = voided(case, WORDS_CAME, at) if about(case, mention.id) else case
    case = replace(case, marks=tuple(sorted({*case.marks, *marks})), language=mention.lang or case.language)
    case = record(case, Kind.COMPLETED, DESK, at, mention=mention.id)
    more = priority < case.priority and not case.closed
    return _with_priority(case, priority, DESK, at, terms, lease) if more else case


def removed(case: Case, mention_id: int, *, at: datetime) -> Case:
    """The post is gone at its network."""
    case = voided(case, DELETED, at) if about(case, mention_id) else case
    return record(case, Kind.REMOVED, DESK, at, mention=mention_id)


def prioritise(
    case: Case, priority: Priority, *, by: Actor, at: datetime, terms: ServiceTerms, lease: Terms
) -> Case:
    """A lead's word on the urgency; unchanged when it was that already. `terms` and `lease` are the new ones.

    The promise is counted anew from its start, and the owner gets a fresh lease.
    """
    authorise(case, by, "priority")
    must_be_open(case)
    return case if case.priority is priority else _with_priority(case, priority, by, at, terms, lease)


def _with_priority(
    case: Case, priority: Priority, by: Actor, at: datetime, terms: ServiceTerms, lease: Terms
) -> Case:
    before = case.priority
    if case.lease is not None:
        case = replace(case, lease=renewed(case.lease, at, lease))
    case = service.reclock(replace(case, priority=priority), terms, at=at)
    return record(case, Kind.PRIORITISED, by, at, before=before.value, after=priority.value)


def resolve(case: Case, outcome: str, text: str, *, by: Actor, at: datetime) -> Case:
    """The matter is settled. Withdraws a pending offer and questions first; counts as the response if there was none."""
    authorise(case, by, "resolve")
    must_be_open(case)
    must_hold(case, by, "resolve")
    before = case
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    case = withdraw_questions(case, by=by, at=at)
    case = _closed(case, State.RESOLVED, outcome, by, at)
    case = record(case, Kind.RESOLVED, by, at, outcome=outcome, text=text)
    return remember(before, case, Kind.RESOLVED, by=by, at=at)


def dismiss(case: Case, why: str, *, by: Actor, at: datetime) -> Case:
    """Nothing to answer here: spam, or not about us."""
    authorise(case, by, "dismiss")
    must_be_open(case)
    must_hold(case, by, "dismiss")
    before = case
    case = withdraw(case, by=by, at=at) if case.offer or case.handover else case
    case = withdraw_questions(case, by=by, at=at)
    case = record(_closed(case, State.DISMISSED, None, by, at), Kind.DISMISSED, by, at, why=why)
    return remember(before, case, Kind.DISMISSED, by=by, at=at)


def _closed(case: Case, state: State, outcome: str | None, by: Actor, at: datetime) -> Case:
    case = voided(end_escalation(case, by, at), CLOSED, at, by=by)
    if state is State.RESOLVED:
        case = service.respond(case, by, at)
    return replace(
        case,
        state=state,
        outcome=outcome,
        closed_at=at,
        lease=None,
        waiting=None,
        snoozed_until=None,
        reply=laid_down(case.reply),
    )


def reopen(case: Case, *, by: Actor, at: datetime, terms: ServiceTerms) -> Case:
    """Back to the department's queue, with new clocks. Raises NotClosed when it is open already."""
    authorise(case, by, "reopen")
    if not case.closed:
        raise NotClosed(case.id)
    return _reopened(case, by, at, terms, since=at)


def reopened(case: Case, *, at: datetime, terms: ServiceTerms, since: datetime) -> Case:
    """A closed case that another mention brings back."""
    return _reopened(case, DESK, at, terms, since=since)


def _reopened(case: Case, by: Actor, at: datetime, terms: ServiceTerms, *, since: datetime) -> Case:
    before = case.state.value
    case = replace(
        case,
        state=State.OPEN,
        owner=None,
        owner_acted_at=None,
        claimed_at=None,
        outcome=None,
        closed_at=None,
        service=service.promise(since, terms),
    )
    return record(case, Kind.REOPENED, by, at, before=before)
