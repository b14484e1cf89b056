"""`merge`: one case answers for another, which keeps its number, posts and history. And the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.case import Case
from bot.domain.surges.merge_refusals import MergedLongAgo
from bot.domain.surges.merging import can_take_back, led_by, merge, newest_merge, separate
from bot.policy.terms import lease_for, service_for
from bot.ports import Work
from bot.router import Call, Reply, Routes
from handlers.intake.filing import follows

routes = Routes()


@routes.verb("merge", usage="merge <case> <case> [why...]", group="work")
async def merge_cases(call: Call, other_id: int, target_id: int, why: str) -> Reply:
    """The second case answers for both from now on: `merge 1043 into 1042 same outage`. It can be undone for a day."""
    async with call.work() as work:
        target, other = await work.cases.get(target_id), await work.cases.get(other_id)
        urgent = replace(target, priority=min(target.priority, other.priority))
        target, gone = merge(
            target,
            other,
            why,
            by=call.actor,
            at=call.now,
            terms=service_for(call.policy, urgent),
            lease=lease_for(call.policy, urgent),
        )
        await work.cases.save(target)
        await work.cases.save(gone)
        await _led(work, other.absorbed, target.id)
    return Reply.show("case", target_id)


async def take_back_merge(call: Call, case: Case) -> Reply:
    """Both cases of a merge are what they were: of `case` where it was merged, else of the newest merge into it.

    Works in a unit of its own, on the newest state of the case. Raises NotMerged, MergedLongAgo after 24 hours, MergedOn
    where it came with a case that was merged later, and NotAllowed.
    """
    async with call.work() as work:
        await part(call, work, case.id)
    return Reply.show("case", case.id)


async def part(call: Call, work: Work, number: int, *, whenever: bool = False) -> None:
    """Takes the merge back within `work`. `whenever` does so however old it is."""
    case = await work.cases.get(number)
    if case.merged_into is None:
        target, other = case, await work.cases.get(newest_merge(case, call.now).other)
    else:
        target, other = await work.cases.get(case.merged_into), case
    if not whenever and not can_take_back(other, call.now):
        raise MergedLongAgo(other.id, target.id)
    if other.owner is not None and other.owner not in call.policy.people:
        other = replace(other, owner=None, owner_acted_at=None, claimed_at=None)
    target, other = separate(
        target,
        other,
        by=call.actor,
        at=call.now,
        lease=lease_for(call.policy, other),
        service_terms=service_for(call.policy, other),
    )
    await work.cases.save(target)
    # Restricted after the merge, its posts stay so.
    await work.cases.save(follows(call.policy, other, target, at=call.now))
    await _led(work, other.absorbed, other.id)


async def _led(work: Work, numbers: Iterable[int], target: int) -> None:
    """Cases merged earlier follow the one that was merged now, so that every pointer leads to who answers."""
    for number in numbers:
        await work.cases.save(led_by(await work.cases.get(number), target))
