"""Posts that came while the desk was down: filed like others, but told together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.domain.alarms.outage import Outage, came_meanwhile, folded, hidden, in_backlog, pages_together
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.mention import Mention
from bot.ports import Put, Work

MORE_AFTER: Final = timedelta(minutes=10)
"""How long after some cards of the backlog the next ones are shown, where people had room for them."""


async def as_backlog(work: Work, case: Case, mention: Mention) -> Case:
    """The case into which a mention was just filed, before it is saved: as it is, unless the post came meanwhile."""
    outage = await work.outages.last()
    if outage is None or not came_meanwhile(outage, mention):
        return case
    if outage.caught_up_at is None:
        began = any(event.kind is Kind.ESCALATED for event in case.pending)
        case = folded(case, outage)
        case = pages_together(case, outage.id) if began else case
    if case.version:
        return case
    case = in_backlog(case, outage)
    if hidden(case) and outage.caught_up_at is not None:
        work.jobs.put(later(outage, case.pending[-1].at))
    return case


def later(outage: Outage, now: datetime) -> Put:
    """The job that looks for cards to show, at the end of the time in which `now` lies; many ask for it, once it runs."""
    length = MORE_AFTER.total_seconds()
    slot = int(now.timestamp() // length) + 1
    due = datetime.fromtimestamp(slot * length, tz=now.tzinfo)
    return Put(kind="outage", key=f"outage:{outage.id}:{slot}", due=due, args={"outage": outage.id})
