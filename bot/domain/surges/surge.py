"""Surges: near-copies become one case with a count, and one cause makes one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.lifecycle import join_open, reopened
from bot.domain.mention import Mention
from bot.domain.parts import Cause, Escalation, Priority, Told
from bot.domain.roles import DESK
from bot.domain.terms import ServiceTerms, Terms

PLAIN = ""
"""The kind of posts that no mark keeps apart."""


def begin_surge(case: Case, *, copies: int, since: datetime, why: str, at: datetime) -> Case:
    """From now on near-copies join this case. It knows already of `copies` of them, the first said at `since`."""
    cause = case.cause or Cause(since=since, told=seeded(case))
    there = told_of(cause, PLAIN)
    cause = _with(replace(cause, surge=True), replace(there, copies=max(copies, there.copies)))
    return record(replace(case, cause=cause), Kind.SURGED, DESK, at, copies=cause.copies, why=why)


def seeded(case: Case) -> tuple[Told, ...]:
    """What a case that leads others knows of itself: one plain post, which paged somebody or did not."""
    return (Told(kind=PLAIN, copies=1, paged=1 if case.escalation is not None else 0),)


def counted(case: Case, kind: str, *, since: datetime, own: tuple[Told, ...] | None = None) -> Case:
    """One more post of that kind in the cause that this case leads. `own` is what the case counts for by itself."""
    cause = case.cause or Cause(since=since, told=own if own is not None else seeded(case))
    there = told_of(cause, kind)
    return replace(case, cause=_with(cause, replace(there, copies=there.copies + 1)))


def told_of(cause: Cause | None, kind: str) -> Told:
    known = cause.told if cause else ()
    return next((told for told in known if told.kind == kind), Told(kind=kind, copies=0))


def must_page(cause: Cause | None, kind: str, *, first: int, floor: int) -> bool:
    """Whether the posts of that kind are told now: at `first`, later whenever they have doubled since, though never for
    fewer than `floor`, the number that makes a surge: the second of two is no news."""
    told = told_of(cause, kind)
    return told.copies >= (max(2 * told.paged, floor) if told.paged else first)


def paged_for(case: Case, kind: str) -> Case:
    """Somebody was paged for all posts of that kind that there are."""
    if case.cause is None:
        return case
    told = told_of(case.cause, kind)
    return replace(case, cause=_with(case.cause, replace(told, paged=max(1, told.copies))))


def page(case: Case, why: str, policy: str, *, at: datetime) -> Case:
    """Pages, or pages again: while an escalation runs its next step is due at once, and answers for an earlier state are
    no answer any more. Else one begins."""
    running = case.escalation
    if running is None or not case.escalating or running.climb_at is None:
        ended = replace(case, escalation=None) if case.escalating else case
        return escalate(ended, why, policy, by=DESK, at=at)
    again: Escalation = replace(running, why=why, climb_at=at, acked_by=None, acked_at=None)
    return replace(case, escalation=again)


def join_copy(
    case: Case,
    mention: Mention,
    *,
    why: str,
    priority: Priority,
    marks: frozenset[str],
    at: datetime,
    terms: ServiceTerms,
    lease: Terms,
) -> Case:
    """One more customer says nearly the same. It reopens a closed case, and lets one that rests go on resting: what the
    case waits for is not this customer's answer. `terms` and `lease` are as those of `join`."""
    if case.closed:
        case = reopened(case, at=at, terms=terms, since=mention.received_at)
    return join_open(
        case, mention, why=why, priority=priority, marks=marks, at=at, terms=terms, lease=lease, copy=True
    )


def stays_apart(case: Case, leader: int, why: str, *, at: datetime) -> Case:
    """The case says nearly the same as the one that leads, and keeps its own number and owner."""
    return record(replace(case, akin_to=leader), Kind.AKIN, DESK, at, other=leader, why=why)


def reposted(case: Case, mention: Mention, *, at: datetime) -> Case:
    """Somebody shared a post of this case: counted, with nothing to answer."""
    return record(replace(case, reposts=case.reposts + 1), Kind.REPOSTED, DESK, at, mention=mention.id)


def _with(cause: Cause, told: Told) -> Cause:
    others = tuple(each for each in cause.told if each.kind != told.kind)
    return replace(cause, told=tuple(sorted((*others, told), key=lambda each: each.kind)))
