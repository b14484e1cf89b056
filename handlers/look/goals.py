"""How communities' goals stand."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.times.calendar import local_moment
from bot.policy.goals import Standing, counted_from, standing
from bot.policy.model import Community, Measure, Policy
from bot.ports import Work


async def goal_standing(
    work: Work, policy: Policy, community: Community, start: datetime, end: datetime
) -> Standing:
    """How the community's goal was kept in [start, end), UTC."""
    goal = community.goal
    cases = await work.reports.promised(
        community.name,
        counted_from(goal, start),
        end,
        undone_at=start,
        rests=goal.measure is Measure.RESOLVED_WITHIN,
    )
    return standing(policy, goal, cases, start, end)


async def this_month(
    work: Work, policy: Policy, community: Community, now: datetime, zone: ZoneInfo
) -> Standing:
    """How it stands since the first of the month, midnight in `zone`."""
    start = local_moment(now.astimezone(zone).date().replace(day=1), time(), zone)
    return await goal_standing(work, policy, community, start, now + timedelta.resolution)
