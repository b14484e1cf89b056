"""The digest of a champion: all communities they stand up for, whichever department answers there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.cards.champion import ChampionView
from bot.cards.list import CaseRow
from bot.domain.alarms.urgent import READ, Urgencies, summed, urgencies
from bot.domain.digests.digest import Window, window
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Tally, Work
from bot.ports.reports import Scope
from bot.router import Look
from handlers.digests.digest_page import BEFORE, mute_words, period, sum_of, title
from handlers.digests.digest_parts import MOST_COUNTED, goal_views, handoffs_view, longest_waits, talk_view
from handlers.digests.digest_plans import Planned

_WHO: Final = "Your communities"
_DAY_BEFORE: Final = "the same time a week before"


def championed(policy: Policy, person: PersonId | None) -> tuple[str, ...]:
    """The communities that this person champions."""
    return tuple(name for name, community in policy.communities.items() if community.champion == person)


async def champion_page(look: Look, plan: Planned, day: date) -> ChampionView:
    """What the digest of that local date says of the communities that the plan's person champions."""
    mine = championed(look.policy, plan.person)
    covered, rhythm = window(plan.schedule, day, look.now), plan.schedule.rhythm
    before = _before(covered)
    departments = tuple(look.policy.departments)
    async with look.work() as work:
        opened = await work.reports.opened(Scope(communities=mine), covered.start, covered.end)
        waiting: tuple[CaseRow, ...] = ()
        total = 0
        if covered.is_present(look.now):
            waiting, total = await longest_waits(work, look, departments, mine)
        return ChampionView(
            title=title(_WHO, rhythm, day, covered),
            period=period(covered.start, covered.end, look.names.zone),
            before_name=BEFORE[rhythm] or _DAY_BEFORE,
            now=sum_of([await _tally(work, mine, covered.start, covered.end)]),
            then=sum_of([await _tally(work, mine, before.start, before.end)]),
            opened=tuple((look.names.community(name), opened.get(name, 0)) for name in mine),
            goals=await goal_views(work, look, mine, covered),
            urgent=await _urgent(work, mine, covered.start, covered.end),
            urgent_before=await _urgent(work, mine, before.start, before.end),
            handoffs=await handoffs_view(work, look, covered, communities=mine),
            handoffs_before=await handoffs_view(work, look, before, communities=mine),
            talk=await talk_view(work, look, covered, Scope(communities=mine), rhythm),
            waiting=waiting,
            waiting_total=total,
            waiting_most=MOST_COUNTED,
            mute=mute_words(look, plan),
        )


def _before(covered: Window) -> Window:
    """The time that it is compared with."""
    return Window(
        start=covered.then_start,
        end=covered.then_end,
        then_start=covered.then_start,
        then_end=covered.then_start,
        due=covered.then_end,
    )


async def _tally(work: Work, communities: Sequence[str], start: datetime, end: datetime) -> Tally:
    return await work.reports.tally(communities, start, end)


async def _urgent(work: Work, communities: Sequence[str], start: datetime, end: datetime) -> Urgencies:
    begun = await work.reports.facts((Kind.ESCALATED,), start, end, communities=communities)
    history = await work.reports.facts_of({fact.case_id for fact in begun}, READ, end)
    return summed(urgencies(((fact.case_id, fact.event) for fact in history), start))
