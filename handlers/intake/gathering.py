"""Posts that nothing leads to a case but their words: near-copies gather, what must stand out stands apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.domain.parts import State
from bot.domain.roles import DESK
from bot.domain.surges.merging import merge
from bot.domain.surges.surge import (
    PLAIN,
    begin_surge,
    counted,
    join_copy,
    must_page,
    page,
    paged_for,
    seeded,
    stays_apart,
    told_of,
)
from bot.policy.ladder import escalation_policy_by_hand
from bot.policy.terms import lease, lease_for, service, service_for
from bot.router import Call
from bot.triage.copies import Near, is_repost, said_at
from bot.triage.rules import Triage, triage
from handlers.intake.filing import may_reopen, opened
from handlers.intake.unit import Unit

ALIKE: Final = "nearly the same words as case {number}, {percent} %, {copies} within {minutes}"
SURGE: Final = "{copies} posts within {minutes} say nearly the same"
APART: Final = "{alike}; marked {kind}, it is never merged"
WORKED_ON: Final = "{alike}; somebody works on it already"
PAGED_BEFORE: Final = "{alike}; whoever must know was paged for the first of them"
MANY: Final = "{copies} near-copies within {minutes}, the latest in case {number}"
NEW_KIND: Final = "a post of a new kind among {copies} near-copies: {kind}, case {number}"
_MINUTES: Final = ("1 minute", "{} minutes")
_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class _Led:
    """A near-copy that leads, and the case that answers for it now."""

    near: Near
    case: Case


async def gathers(unit: Unit, mention: Mention) -> bool:
    """Files a mention by its words alone: it joins a surge, makes one, is counted as a repost, or opens a case of its
    own. False when that is another case than the one chosen."""
    near = unit.copies.near(mention)
    found = triage(unit.call.policy, mention)
    kind = ", ".join(sorted(found.marks & unit.call.policy.surge.never_merge))
    if not near:
        return await unit.opens(mention, kind=kind)
    if kind:
        return await _stands_apart(unit, mention, await _led(unit, near, mention), found, kind)
    same = [one for one in near if one.lead.kind == PLAIN and one.lead.department == found.department]
    shared = next((one for one in same if one.exact), None) if is_repost(mention.text) else None
    if shared is not None:
        return await _counts(unit, mention, shared)
    led = _seen_alike(unit, await _led(unit, same, mention), mention)
    surge = next((one for one in led if one.case.surging), None)
    if surge is not None:
        return await _joins(unit, mention, surge, found)
    if unit.chosen is not None:
        return False
    recent = [one for one in led if one.near.lead.said_at >= said_at(mention) - unit.copies.within]
    if len(recent) + 1 >= unit.call.policy.surge.copies and await _begins(unit, mention, recent, found):
        return True
    return await _opens_beside(unit, mention, led, found)


async def _led(unit: Unit, near: Sequence[Near], mention: Mention) -> list[_Led]:
    """The near-copies whose cases this one may belong to; not those that a person took out, or that ended long ago."""
    led = [_Led(one, await unit.leader(await unit.get(one.lead.case_id))) for one in near]
    mine = [one for one in led if not (await unit.get(one.near.lead.case_id)).alone and not one.case.alone]
    return [one for one in mine if may_reopen(unit.call.policy, one.case, mention)]


def _seen_alike(unit: Unit, led: Sequence[_Led], mention: Mention) -> list[_Led]:
    """Those seen by the same people as a case of its own would be: words must not reach others by gathering."""
    alone = set(opened(unit.call.policy, 0, mention, at=unit.call.now).restricted_to) if led else set()
    return [one for one in led if set(one.case.restricted_to) == alone]


# -- what becomes of it --------------------------------------------------------------------------


async def _counts(unit: Unit, mention: Mention, shared: Near) -> bool:
    return await unit.reposts(mention, shared.lead.case_id)


async def _joins(unit: Unit, mention: Mention, surge: _Led, found: Triage) -> bool:
    if not unit.may_touch(surge.case):
        return False
    case = counted(surge.case, PLAIN, since=surge.near.lead.said_at)
    why = _alike(case, surge.near, mention, told_of(case.cause, PLAIN).copies)
    unit.still_leads(surge.near.lead, mention)
    await unit.files(mention, _paged(unit.call, _joined(unit.call, case, mention, why, found), mention))
    return True


async def _begins(unit: Unit, mention: Mention, led: Sequence[_Led], found: Triage) -> bool:
    """The earliest open case takes in those that nobody works on, and this mention. False when all are closed."""
    first = next((one for one in led if not one.case.closed), None)
    if first is None:
        return False
    call, case, copies = unit.call, first.case, len(led) + 1
    since = min(one.near.lead.said_at for one in led)
    why = SURGE.format(copies=copies, minutes=_minutes(since, mention))
    case = begin_surge(case, copies=copies, since=since, why=why, at=call.now)
    for other in {one.case.id: one for one in led if one.case.id != case.id and not one.case.closed}.values():
        alike = _alike(case, first.near, mention, copies, like=other.near.like)
        if await _nobody_works_on(unit, other.case, case):
            urgent = replace(case, priority=min(case.priority, other.case.priority))
            terms = service_for(call.policy, urgent)
            runs = lease_for(call.policy, urgent)
            case, gone = merge(case, other.case, alike, by=DESK, at=call.now, terms=terms, lease=runs)
            unit.put(gone)
        else:
            said = WORKED_ON.format(alike=alike)
            unit.put(stays_apart(other.case, case.id, said, at=call.now))
    unit.still_leads(first.near.lead, mention)
    why = _alike(case, first.near, mention, copies)
    await unit.files(mention, _paged(call, _joined(call, case, mention, why, found), mention))
    return True


async def _opens_beside(unit: Unit, mention: Mention, led: Sequence[_Led], found: Triage) -> bool:
    """Too few yet: a case of its own. Where a rule pages, the first of them has done so for all."""
    standing = next((one for one in led if not one.case.closed), None)
    if standing is None:
        return await unit.opens(mention)
    return await _opens_in(unit, mention, standing, found, PLAIN)


async def _stands_apart(unit: Unit, mention: Mention, led: Sequence[_Led], found: Triage, kind: str) -> bool:
    """What a rule marks so is never merged nor hidden: its own case, beside the one that leads."""
    if unit.chosen is not None:
        return False
    standing = [one for one in led if not one.case.closed]
    # The first of its kind knows who was told of it; else the surge, else whoever said it first.
    ranked = sorted(standing, key=lambda one: (one.near.lead.kind != kind, not one.case.surging))
    if not ranked:
        return await unit.opens(mention, kind=kind)
    return await _opens_in(unit, mention, ranked[0], found, kind)


async def _opens_in(unit: Unit, mention: Mention, leader: _Led, found: Triage, kind: str) -> bool:
    """A case of its own in a cause that another one leads. It pages by its rule unless the cause was told of its kind."""
    call, policy = unit.call, unit.call.policy
    lead = leader.near.lead
    before, floor = leader.case.cause, policy.surge.copies
    own = tuple(replace(told, kind=lead.kind) for told in seeded(leader.case))
    led_by = counted(leader.case, kind, since=lead.said_at, own=own)
    pages = found.escalate and must_page(led_by.cause, kind, first=1, floor=floor)
    number = await unit.work.cases.number()
    case = opened(policy, number, mention, at=call.now, pages=pages)
    alike = _alike(led_by, leader.near, mention, led_by.cause.copies if led_by.cause else 1)
    if pages:
        led_by = paged_for(led_by, kind)
    if kind:
        case = stays_apart(case, led_by.id, APART.format(alike=alike, kind=kind), at=call.now)
        known = told_of(before, kind).copies or lead.kind == kind
        led_by = led_by if pages or known else _new_kind(call, led_by, kind, number)
    elif found.escalate and not pages:
        case = stays_apart(case, led_by.id, PAGED_BEFORE.format(alike=alike), at=call.now)
    unit.put(led_by)
    if kind or led_by.surging:
        unit.still_leads(lead, mention)
    # One of each kind leads; the others of that kind find the same cause by it.
    leads = None if kind and kind == lead.kind else kind
    return await unit.opens(mention, kind=leads, case=case)


# -- words and pages -----------------------------------------------------------------------------


def _joined(call: Call, case: Case, mention: Mention, why: str, found: Triage) -> Case:
    urgent = min(case.priority, found.priority)
    return join_copy(
        case,
        mention,
        why=why,
        priority=found.priority,
        marks=found.marks,
        at=call.now,
        terms=service(call.policy, case.department, urgent),
        lease=lease(call.policy, case.department, urgent),
    )


def _paged(call: Call, case: Case, mention: Mention) -> Case:
    """A surge that is large enough pages; and again when it has doubled."""
    surge = call.policy.surge
    if case.cause is None or not must_page(case.cause, PLAIN, first=surge.escalate, floor=surge.copies):
        return case
    copies = told_of(case.cause, PLAIN).copies
    why = MANY.format(copies=copies, minutes=_minutes(case.cause.since, mention), number=case.id)
    return paged_for(_page(call, case, why), PLAIN)


def _new_kind(call: Call, case: Case, kind: str, number: int) -> Case:
    """What was paged for is told of the kind of post that was not there before."""
    if case.cause is None or not told_of(case.cause, PLAIN).paged:
        return case
    why = NEW_KIND.format(copies=case.cause.copies, kind=kind, number=number)
    return paged_for(_page(call, case, why), kind)


def _page(call: Call, case: Case, why: str) -> Case:
    policy = escalation_policy_by_hand(call.policy, case.department, case.priority)
    return page(case, why, policy, at=call.now)


def _alike(case: Case, near: Near, mention: Mention, copies: int, *, like: float | None = None) -> str:
    since = case.cause.since if case.cause else near.lead.said_at
    percent = math.floor(100 * (near.like if like is None else like))
    minutes = _minutes(since, mention)
    return ALIKE.format(number=case.id, percent=percent, copies=copies, minutes=minutes)


def _minutes(since: datetime, mention: Mention) -> str:
    minutes = max(1, math.ceil((said_at(mention) - since).total_seconds() / 60))
    return _MINUTES[0] if minutes == 1 else _MINUTES[1].format(minutes)


async def _nobody_works_on(unit: Unit, other: Case, case: Case) -> bool:
    """Whether the desk may merge it: open in the same department, seen by the same people, and no person did anything."""
    free = (
        other.state is State.OPEN
        and other.owner is None
        and other.department == case.department
        and set(other.restricted_to) == set(case.restricted_to)
        and not (other.offer or other.consults or other.waiting or other.snoozed_until or other.escalating)
    )
    if not free:
        return False
    history = await unit.work.cases.history(other.id, limit=_HISTORY)
    return all(event.by == DESK.id for event in history)
