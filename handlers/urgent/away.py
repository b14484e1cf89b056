"""After an outage of the desk: it catches up first, then says once what waited, to each department and each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alarms.outage import Backlog, Outage, shown_after
from bot.domain.case import Case
from bot.domain.parts import Priority, State
from bot.domain.people import PersonId
from bot.domain.times.calendar import NeverOpen
from bot.effects import card_put
from bot.effects.away import TOGETHER, away_page_put, away_put
from bot.policy.model import Policy
from bot.policy.places import channels, lane_of
from bot.ports import CaseFilter, Meanwhile, Put, Rank, Work
from bot.router import Call, Routes
from handlers.shared.clocks import missed
from handlers.urgent.away_words import waits
from handlers.urgent.backlog import MORE_AFTER

AGAIN: Final = timedelta(seconds=5)
PATIENCE: Final = timedelta(minutes=5)
"""So long after an outage the desk waits for what is still being filed, before it says what waited."""
WORST: Final = 10
"""So many cases of the backlog stand in a channel with nobody's name on them; the next follow as they are taken."""

_SCANNED: Final = 1000
_WEIGHED: Final = 200
_PAGES: Final = 50

routes = Routes()


@routes.timer("outage")
async def catch_up(call: Call) -> None:
    """Waits until what came meanwhile is filed, tells everybody once, and then shows the rest a few at a time."""
    number = call.job.args.get("outage") if call.job else None
    async with call.work() as work:
        outage = await work.outages.get(int(number or 0))
        if outage is None:
            return
        if outage.caught_up_at is None:
            if call.now - outage.until < PATIENCE and await work.outages.waiting(outage, call.now):
                work.jobs.put(_again(call, AGAIN))
                return
            await work.outages.caught_up(outage, call.now)
            worst = await _tell_departments(call, work, outage)
            await _tell_owners(call, work, outage)
        else:
            worst = {name: await _next_ones(work, outage, name) for name in call.policy.departments}
        for cases in worst.values():
            await _show(call, work, outage, cases)
        shown = {case.id for cases in worst.values() for case in cases}
        if await _waits_unseen(call, work, shown):
            work.jobs.put(_again(call, MORE_AFTER))


def _again(call: Call, after: timedelta) -> Put:
    if call.job is None:
        raise ValueError("a backlog is seen to by its job only")
    return Put(kind="outage", key=call.job.key, due=call.now + after, args=call.job.args)


async def _tell_departments(call: Call, work: Work, outage: Outage) -> Mapping[str, Sequence[Case]]:
    """One summary in each department that had something to miss; and the champions'. The worst cases of each."""
    happened = await work.outages.meanwhile(outage, tuple(call.policy.departments))
    worst: dict[str, Sequence[Case]] = {}
    for department, meanwhile in happened.items():
        free = await _free(work, department, call.now)
        late = sum(missed(case, call.now) for case in free)
        worst[department] = await _worst_of(work, free)
        backlog = _backlog(call.now, meanwhile, worst[department], len(free), late)
        if backlog.nothing:
            worst[department] = ()
            continue
        await work.outages.tell(outage, department, backlog)
        for place in channels(call.policy, department):
            work.jobs.put(away_put(outage.id, department, place, call.now))
    await _tell_champions(call, work, outage, happened)
    return worst


def _backlog(at: datetime, happened: Meanwhile, worst: Sequence[Case], free: int, late: int) -> Backlog:
    return Backlog(
        at=at,
        worst=tuple(case.id for case in worst),
        posts=happened.posts,
        free=free,
        late=late,
        missed=happened.missed,
        prolonged=happened.prolonged,
        woken=happened.woken,
    )


async def _tell_champions(call: Call, work: Work, outage: Outage, happened: Mapping[str, Meanwhile]) -> None:
    """One page to each champion, at night only where something is urgent. Who was paged already has it."""
    posts, broken = sum(h.posts for h in happened.values()), sum(h.missed for h in happened.values())
    free = [case for name in happened for case in await _free(work, name, call.now)]
    for champion in dict.fromkeys(known.champion for known in call.policy.communities.values()):
        theirs = tuple(n for n, known in call.policy.communities.items() if known.champion == champion)
        urgent = await _unanswered(work, outage, theirs)
        mine = sum(case.community in theirs for case in free)
        backlog = Backlog(
            at=call.now, worst=tuple(case.id for case in urgent), posts=posts, free=mine, missed=broken
        )
        if champion not in call.policy.people or not (posts or broken or urgent):
            continue
        await work.outages.tell(outage, champion, backlog)
        if not await work.outages.paged(outage, champion, outage.until, call.now + TOGETHER):
            wakes = any(case.priority is Priority.P1 for case in urgent)
            due = call.now if wakes else _at_work(call.policy, champion, call.now)
            work.jobs.put(away_page_put(outage.id, champion, due))


async def _tell_owners(call: Call, work: Work, outage: Outage) -> None:
    """One word to each person who held claims through it, when they are at work."""
    held = await work.cases.find(CaseFilter(states=(State.CLAIMED,)), limit=_SCANNED)
    through = [case for case in held if case.claimed_at is not None and case.claimed_at <= outage.since]
    for owner in dict.fromkeys(case.owner for case in through):
        if owner is not None and owner in call.policy.people:
            work.jobs.put(
                Put(
                    kind="away",
                    key=f"away:{outage.id}:claims:{owner}",
                    due=_at_work(call.policy, owner, call.now),
                    lane=lane_of(owner),
                    rank=Rank.NOTE,
                    args={"view": "away_claims", "subject": f"{outage.id}:{owner}", "person": owner},
                )
            )


async def _free(work: Work, department: str, now: datetime) -> Sequence[Case]:
    """What nobody has and can be claimed now, the most urgent first."""
    which = CaseFilter(departments=(department,), states=(State.OPEN,), awake_at=now)
    found = await work.cases.find(which, limit=_SCANNED)
    return [case for case in found if case.offer is None and case.merged_into is None]


async def _worst_of(work: Work, cases: Sequence[Case]) -> Sequence[Case]:
    """By priority, then by reach, then by age."""
    weighed: list[tuple[str, int, datetime, Case]] = []
    for case in cases[:_WEIGHED]:
        newest = await work.mentions.of(case.id, limit=1)
        followers = (newest[0].author.followers or 0) if newest else 0
        weighed.append((case.priority.value, -followers, case.opened_at, case))
    return [case for *_, case in sorted(weighed, key=lambda one: (*one[:3], one[3].id))[:WORST]]


async def _next_ones(work: Work, outage: Outage, department: str) -> Sequence[Case]:
    """The worst cases that still wait unseen, as many as were taken of those that are shown."""
    which = CaseFilter(departments=(department,), states=(State.OPEN,))
    found = await work.cases.find(which, limit=_SCANNED)
    room = WORST - sum(case.away == outage.id and not case.backlog for case in found)
    unseen = [case for case in found if case.backlog == outage.id]
    return (await _worst_of(work, unseen))[:room] if room > 0 else ()


async def _show(call: Call, work: Work, outage: Outage, cases: Sequence[Case]) -> None:
    for found in cases:
        case = await work.cases.get(found.id)
        waited = bool(case.backlog)
        await work.cases.save(shown_after(case, outage))
        for place in [p for name in case.seen_in for p in channels(call.policy, name)] if waited else ():
            work.jobs.put(card_put(case.id, place, call.now))


async def _waits_unseen(call: Call, work: Work, shown: set[int]) -> bool:
    for department in call.policy.departments:
        found = await work.cases.find(
            CaseFilter(departments=(department,), states=(State.OPEN,)), limit=_SCANNED
        )
        if any(case.backlog and case.id not in shown for case in found):
            return True
    return False


async def _unanswered(work: Work, outage: Outage, communities: tuple[str, ...]) -> Sequence[Case]:
    """P1 and P2 that escalated because of the outage and that nobody has answered."""
    found = await work.cases.find(CaseFilter(escalated=True, communities=communities), limit=_SCANNED)
    return [case for case in found if _waits_for_answer(case, outage)][:_PAGES]


def _waits_for_answer(case: Case, outage: Outage) -> bool:
    ours = case.escalation is not None and case.escalation.outage == outage.id
    return ours and case.priority <= Priority.P2 and waits(case)


def _at_work(policy: Policy, person: PersonId, now: datetime) -> datetime:
    hours = policy.people[person].calendar or policy.company.calendar
    try:
        return hours.next_open(now)
    except NeverOpen:
        return now
