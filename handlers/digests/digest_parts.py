"""Parts of digests, read and put into words: goals, handoffs, what people talked about, the longest waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from heapq import nsmallest
from typing import Final

from bot.cards.digest_parts import GoalView, HandoffsView, PairView, TalkView, much_slower
from bot.cards.list import CaseRow
from bot.domain.case import Case
from bot.domain.digests.digest import Rhythm, Window
from bot.domain.digests.topics import ENOUGH_BEFORE, topics
from bot.domain.events import Kind
from bot.domain.shifts.handoff_quality import (
    ASKED,
    ENDS,
    Handoff,
    Handoffs,
    by_pair,
    count,
    handoffs,
    sore_pair,
    to_and_fro,
)
from bot.domain.sight_refusals import Restricted
from bot.policy.model import Community, Policy
from bot.ports import CaseFilter, Work
from bot.ports.reports import Scope
from bot.router import Look
from handlers.look.goals import goal_standing
from handlers.look.oncall import goal_target
from handlers.look.rows import case_rows
from handlers.shared.rights import communities_of

MOST_COUNTED: Final = 1000
"""Counting who waits stops here: beyond it the number changes nothing."""

_TO_US: Final = "Offered to us"
_FROM_US: Final = "Offered by us"
_ALL: Final = "All together"
_LONGEST: Final = 3
_BUSIEST: Final = 3
_BUSY: Final = 5
"""So many posts make a case one that many wrote to."""
_TAGS: Final = 5
_TOPICS: Final[Mapping[Rhythm, int]] = {Rhythm.DAILY: 3, Rhythm.WEEKLY: 5, Rhythm.MONTHLY: 5}
_WEEK: Final = timedelta(days=7)


# -- who waits ---------------------------------------------------------------------------------


async def longest_waits(
    work: Work, look: Look, departments: Sequence[str], communities: tuple[str, ...] | None
) -> tuple[tuple[CaseRow, ...], int]:
    """The open cases whose author has waited longest without an answer, and how many wait (up to MOST_COUNTED)."""
    limited = communities_of(look.actor)
    where = limited if communities is None else communities
    waits = [CaseFilter(departments=(each,), communities=where, unanswered=True) for each in departments]
    # Department by department: each is then read in its order from an index, however many wait.
    found: list[Case] = []
    for which in waits:
        found += await work.cases.find(which, limit=_LONGEST)
    total = 0
    for which in waits:
        total += await work.cases.count(which, most=MOST_COUNTED - total) if total < MOST_COUNTED else 0
    longest = nsmallest(_LONGEST, found, key=lambda case: (case.service.since, case.id))
    rows = await case_rows(work, look, longest)
    waited = [look.names.span(look.now - case.service.since) for case in longest]
    return tuple(
        replace(row, state=f"waits {span}, {row.state}") for row, span in zip(rows, waited, strict=True)
    ), total


# -- goals -------------------------------------------------------------------------------------


async def goal_views(work: Work, look: Look, names: Iterable[str], covered: Window) -> tuple[GoalView, ...]:
    """How the communities' goals were kept in that time, against the one before."""
    return tuple([await _goal(work, look, look.policy.communities[name], covered) for name in names])


async def _goal(work: Work, look: Look, community: Community, covered: Window) -> GoalView:
    now = await goal_standing(work, look.policy, community, covered.start, covered.end)
    then = await goal_standing(work, look.policy, community, covered.then_start, covered.then_end)
    return GoalView(
        community=community.title,
        goal=goal_target(community.goal),
        wanted=round(100 * community.goal.share),
        percent=now.percent,
        reached=now.reached,
        decided=now.decided,
        open=now.open if covered.so_far else 0,
        kept=now.kept,
        points=now.percent - then.percent if now.decided and then.decided else None,
    )


# -- handoffs ----------------------------------------------------------------------------------


async def handoffs_view(
    work: Work,
    look: Look,
    covered: Window,
    *,
    department: str | None = None,
    communities: Sequence[str] | None = None,
) -> HandoffsView:
    """How handing over went: of one department, to it and from it; or of communities, over all departments."""
    facts = await work.reports.facts((ASKED, *ENDS), covered.start, covered.end, communities=communities)
    asked = [
        each
        for each in handoffs((fact.case_id, fact.event) for fact in facts)
        if department is None or department in (each.giver, each.receiver)
    ]
    mine = {each.case_id for each in asked}
    moved = {fact.case_id for fact in facts if fact.event.kind is Kind.ACCEPTED and fact.case_id in mine}
    moves = await work.reports.facts_of(moved, (Kind.ACCEPTED,), covered.end)
    pairs, whole = by_pair(asked), count(asked)
    sore = sore_pair(pairs)
    waiting, oldest = 0, None
    if covered.is_present(look.now):
        waiting, oldest = await _waiting(work, look, department, communities)
    return HandoffsView(
        ways=_ways(asked, department),
        sore=_pair(look, sore, pairs[sore]) if sore else None,
        slow=_slowest(look, pairs, whole),
        to_and_fro=to_and_fro(((fact.case_id, fact.event) for fact in moves), covered.start),
        waiting=waiting,
        oldest=oldest,
    )


def _ways(asked: Sequence[Handoff], department: str | None) -> tuple[tuple[str, Handoffs], ...]:
    if department is None:
        return ((_ALL, count(asked)),)
    return (
        (_TO_US, count([each for each in asked if each.receiver == department])),
        (_FROM_US, count([each for each in asked if each.giver == department])),
    )


def _pair(look: Look, pair: tuple[str, str], counts: Handoffs) -> PairView:
    giver, receiver = (look.names.department(each) for each in pair)
    return PairView(giver=giver, receiver=receiver, counts=counts)


def _slowest(look: Look, pairs: Mapping[tuple[str, str], Handoffs], whole: Handoffs) -> PairView | None:
    if whole.took is None or len(pairs) < 2:
        return None
    took = [(counts.took, pair) for pair, counts in pairs.items() if counts.took and counts.accepted > 1]
    if not took:
        return None
    longest, pair = max(took)
    return _pair(look, pair, pairs[pair]) if much_slower(longest, whole.took) else None


async def _waiting(
    work: Work, look: Look, department: str | None, communities: Sequence[str] | None
) -> tuple[int, tuple[str, int] | None]:
    """Offers that have no answer now, and the oldest of them."""
    to = (department,) if department else tuple(look.policy.departments)
    which = CaseFilter(offered_to=to, communities=tuple(communities) if communities is not None else None)
    found = await work.cases.find(which, limit=MOST_COUNTED)
    offers = [(case.offer.asked_at, case.id) for case in found if case.offer]
    if not offers:
        return 0, None
    asked_at, case_id = min(offers)
    return len(offers), (look.names.moment(asked_at), case_id)


# -- what people talked about --------------------------------------------------------------------


async def talk_view(work: Work, look: Look, covered: Window, scope: Scope, rhythm: Rhythm) -> TalkView:
    """What stands out against the time before, the cases with most posts, and the tags.

    A day is compared with the whole week before it: the same day of a week ago has too few voices.
    """
    hidden = _company_names(look.policy)
    now = await work.reports.spoken(scope, covered.start, covered.end, busy=_BUSY, hidden=hidden)
    start, end = covered.then_start, covered.then_end
    if rhythm is Rhythm.DAILY:
        start, end = covered.start - _WEEK, covered.start
    then = await work.reports.spoken(scope, start, end, busy=_BUSY, hidden=hidden)
    return TalkView(
        topics=topics(now.talk, then.talk, most=_TOPICS[rhythm]),
        compared=then.talk.people >= ENOUGH_BEFORE,
        usual=(covered.end - covered.start) / _WEEK if rhythm is Rhythm.DAILY else None,
        busiest=await _busiest(work, look, now.busiest),
        tags=tuple(await work.reports.tags(scope, covered.start, covered.end, most=_TAGS)),
    )


async def _busiest(
    work: Work, look: Look, busiest: Sequence[tuple[int, int]]
) -> tuple[tuple[CaseRow, int], ...]:
    """Of those that this reader may see: the words of the others are not theirs to read."""
    found: list[tuple[CaseRow, int]] = []
    for case_id, posts in busiest:
        if len(found) == _BUSIEST:
            break
        try:
            (row,) = await case_rows(work, look, [await work.cases.get(case_id)])
        except Restricted:
            continue
        found.append((row, posts))
    return tuple(found)


def _company_names(policy: Policy) -> tuple[str, ...]:
    """That people name us is no topic."""
    accounts = (account.partition(":")[2] for account in policy.company.own_accounts)
    brands = (brand for community in policy.communities.values() for brand in community.brands)
    words = [policy.company.name, *accounts, *brands]
    return (*words, *(word.replace(" ", "") for word in words), *(word.partition("@")[0] for word in words))
