"""Merging by pointer: one case answers for another, which keeps its mentions, its history and its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain import service
from bot.domain.alarms.escalation import end_escalation
from bot.domain.case import Case, must_be_open, record
from bot.domain.claim import renewed
from bot.domain.events import Datum, Kind
from bot.domain.mention import Mention
from bot.domain.parts import Merge, Service, State
from bot.domain.replies.voiding import MERGED as REPLY_KEPT
from bot.domain.replies.voiding import laid_down, voided
from bot.domain.roles import Actor
from bot.domain.shifts.handoff import withdraw
from bot.domain.shifts.questions import withdraw_questions
from bot.domain.surges.merge_refusals import (
    MergedLongAgo,
    MergedOn,
    MergedWithItself,
    NotMerged,
    SeenByOthers,
)
from bot.domain.terms import ServiceTerms, Terms

TAKEN_BACK_WITHIN: Final = timedelta(hours=24)
"""How long a merge can be undone."""

_FIRST: Final = (service.FIRST_WARNED, service.FIRST_MISSED)


def merge(
    target: Case, other: Case, why: str, *, by: Actor, at: datetime, terms: ServiceTerms, lease: Terms
) -> tuple[Case, Case]:
    """(target, other): `target` answers for both from now on; `terms` and `lease` are those of the more urgent priority.

    The earliest promise of the two holds. What waits in `other` (offer, questions, claim, escalation) ends. Who may
    merge must lead both departments. Raises MergedWithItself, Absorbed, Closed, SeenByOthers.
    """
    if target.id == other.id:
        raise MergedWithItself(other.id)
    for case in (other, target):
        by.must("merge", case.department, case.community)
        must_be_open(case)
    if set(target.restricted_to) != set(other.restricted_to):
        raise SeenByOthers(other.id, target.id)
    return _gathered(target, other, why, by, at, terms, lease), _absorbed(other, target.id, why, by, at)


def _gathered(
    target: Case, other: Case, why: str, by: Actor, at: datetime, terms: ServiceTerms, lease: Terms
) -> Case:
    urgent = min(target.priority, other.priority)
    earliest = earliest_promise(target.service, other.service)
    case = replace(
        target,
        absorbed=(*target.absorbed, other.id, *other.absorbed),
        mentions=target.mentions + other.mentions,
        reposts=target.reposts + other.reposts,
        last_mention_at=max(filter(None, (target.last_mention_at, other.last_mention_at)), default=None),
        marks=tuple(sorted({*target.marks, *other.marks})),
        service=earliest,
    )
    if urgent < target.priority:
        case = service.reclock(replace(case, priority=urgent), terms, at=at)
        due = earliest_promise(case.service, earliest)
        fresh = case.lease and renewed(case.lease, at, lease)
        case = replace(case, service=due, lease=fresh)
    done = Merge(
        other=other.id,
        by=by.id,
        at=at,
        why=why,
        priority=target.priority,
        raised_to=urgent,
        marks=target.marks,
        service=target.service,
        after=case.service,
    )
    return record(replace(case, merges=(*case.merges, done)), Kind.MERGED, by, at, other=other.id, why=why)


def _absorbed(other: Case, into: int, why: str, by: Actor, at: datetime) -> Case:
    case = withdraw(other, by=by, at=at) if other.offer or other.handover else other
    case = end_escalation(withdraw_questions(case, by=by, at=at), by, at)
    case = voided(case, REPLY_KEPT, at, by=by)
    case = replace(
        case,
        reply=laid_down(case.reply),
        state=State.DISMISSED,
        closed_at=at,
        lease=None,
        waiting=None,
        snoozed_until=None,
        merged_into=into,
    )
    data: dict[str, Datum] = {
        "into": into,
        "why": why,
        "owner": case.owner,
        "opened": case.opened_at.isoformat(),
    }
    return record(case, Kind.MERGED_INTO, by, at, **data)


def earliest_promise(mine: Service, theirs: Service) -> Service:
    """`mine`, with the first response to whoever waits longest of those who wait: answered once both are."""
    if theirs.responded_at is not None:
        return mine
    if mine.responded_at is None and mine.first_due <= theirs.first_due:
        return replace(mine, since=min(mine.since, theirs.since))
    told = tuple(name for name in mine.told if name not in _FIRST)
    return replace(
        mine,
        since=min(mine.since, theirs.since),
        first_due=theirs.first_due,
        first_warn_at=theirs.first_warn_at,
        responded_at=None,
        told=(*told, *(name for name in theirs.told if name in _FIRST)),
    )


def led_by(other: Case, target: int) -> Case:
    """An absorbed case whose target was merged on, or came back: this one answers for it now."""
    return replace(other, merged_into=target)


def newest_merge(case: Case, at: datetime) -> Merge:
    """The merge into `case` that can be taken back at `at`. Raises NotMerged, MergedLongAgo."""
    if not case.merges:
        raise NotMerged(case.id)
    newest = case.merges[-1]
    if at - newest.at > TAKEN_BACK_WITHIN:
        raise MergedLongAgo(newest.other, case.id)
    return newest


def can_take_back(case: Case, at: datetime) -> bool:
    """Whether `case` was merged, or had another merged into it, not too long ago."""
    if case.merged_into is not None:
        return case.closed_at is not None and at - case.closed_at <= TAKEN_BACK_WITHIN
    return bool(case.merges) and at - case.merges[-1].at <= TAKEN_BACK_WITHIN


def separate(
    target: Case, other: Case, *, by: Actor, at: datetime, lease: Terms, service_terms: ServiceTerms
) -> tuple[Case, Case]:
    """(target, other) apart again, each with what was its own; `other` has its owner again, with a fresh lease.

    `lease` and `service_terms` are those of `other`. Cases that came with it are `led_by` it again. The desk will not
    merge it once more. Raises NotMerged, and MergedOn where it came with a case that was merged later.
    """
    if other.merged_into != target.id:
        raise NotMerged(other.id)
    done = next((merge for merge in target.merges if merge.other == other.id), None)
    if done is None:
        raise MergedOn(other.id, _came_with(target, other))
    if not by.may("undo", other.department, other.community):
        by.must("undo", target.department, target.community)
    return _without(target, other, done, by, at), _freed(other, target.id, by, at, lease, service_terms)


def _came_with(target: Case, other: Case) -> int:
    """The case merged last before `other` in the target's list: those that came with it follow it."""
    direct = {merge.other for merge in target.merges}
    before = target.absorbed[: target.absorbed.index(other.id)] if other.id in target.absorbed else ()
    return next((number for number in reversed(before) if number in direct), target.id)


def _without(target: Case, other: Case, done: Merge, by: Actor, at: datetime) -> Case:
    gone = {other.id, *other.absorbed}
    case = replace(
        target,
        absorbed=tuple(number for number in target.absorbed if number not in gone),
        merges=_unlinked(target.merges, done),
        mentions=target.mentions - other.mentions,
        reposts=target.reposts - other.reposts,
    )
    if done is target.merges[-1]:
        case = _as_before(case, other, done, at)
    return record(case, Kind.SEPARATED, by, at, other=other.id)


def _unlinked(merges: tuple[Merge, ...], gone: Merge) -> tuple[Merge, ...]:
    """The merges without that one; the next one remembers what was before both."""
    kept: list[Merge] = []
    for merge in merges:
        if merge is not gone:
            follows = merges[merges.index(merge) - 1] is gone and merge is not merges[0]
            before = replace(merge, priority=gone.priority, marks=gone.marks, service=gone.service)
            kept.append(before if follows else merge)
    return tuple(kept)


def _as_before(case: Case, other: Case, done: Merge, at: datetime) -> Case:
    """What the last merge changed is as it was, unless something else changed it since. What is told of a clock that
    lies ahead again will be told again."""
    came = set(other.marks) - set(done.marks)
    marks = tuple(mark for mark in case.marks if mark not in came)
    priority = done.priority if case.priority is done.raised_to else case.priority
    clocks = case.service
    if replace(clocks, told=()) == replace(done.after, told=()):
        ahead = set(service.moments(replace(case, service=done.service)))
        clocks = replace(
            done.service,
            told=(
                *done.service.told,
                *(n for n, moment in sorted(ahead, key=_when) if moment <= at and n in clocks.told),
            ),
        )
    return replace(case, marks=marks, priority=priority, service=clocks)


def _when(moment: tuple[str, datetime]) -> datetime:
    return moment[1]


def _freed(
    other: Case, former: int, by: Actor, at: datetime, lease: Terms, service_terms: ServiceTerms
) -> Case:
    case = replace(
        other,
        state=State.CLAIMED if other.owner else State.OPEN,
        closed_at=None,
        merged_into=None,
        alone=True,
        lease=renewed(None, at, lease) if other.owner else None,
    )
    case = service.resume_resolve(case, at, service_terms)
    return record(case, Kind.SEPARATED, by, at, other=former, opened=case.opened_at.isoformat())


def split_off(case: Case, *, by: Actor) -> None:
    """Raises NotAllowed unless `by` may take posts out, Absorbed or Closed where the case does not answer for them."""
    by.must("split", case.department, case.community)
    must_be_open(case)


def taken_out(case: Case, mention: Mention, new: int, *, by: Actor, at: datetime) -> Case:
    """The case without that post, which has the case `new` now."""
    case = replace(case, mentions=case.mentions - 1)
    return record(case, Kind.SEPARATED, by, at, other=new, mention=mention.id)
