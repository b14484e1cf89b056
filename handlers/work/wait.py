"""`wait`: the owner did their part. And the clock that wakes what rests."""

from __future__ import annotations

from datetime import datetime

from bot.domain.alarms.outage import folded
from bot.domain.parts import WaitingFor
from bot.domain.pause import wait, wake_if_due
from bot.policy.terms import default_wake, lease_for, service_for
from bot.router import Call, Reply, Routes
from handlers.shared.timers import case_of, slept_through

routes = Routes()


@routes.verb("wait", usage="wait <case> <on> [when...]", group="work")
async def wait_for(call: Call, case_id: int, on: WaitingFor, until: datetime | None) -> Reply:
    """It waits for the customer, a department or an approval; without a date for two working days."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = wait(
            case,
            on,
            until or default_wake(call.policy, case.department, call.now),
            by=call.actor,
            at=call.now,
            lease=lease_for(call.policy, case),
            service_terms=service_for(call.policy, case),
        )
        await work.cases.save(case)
    return Reply.show("case", case_id)


@routes.timer("wake")
async def wake_up(call: Call) -> None:
    """Ends a waiting or a snooze whose time has come."""
    async with call.work() as work:
        before = await work.cases.get(case_of(call))
        lease, terms = lease_for(call.policy, before), service_for(call.policy, before)
        after = wake_if_due(before, at=call.now, lease=lease, service_terms=terms)
        outage = await slept_through(call, work)
        await work.cases.save(folded(after, outage) if outage else after)
