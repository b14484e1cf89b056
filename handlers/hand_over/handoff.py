"""`handoff`, `accept` and `decline`: an offer from one department to another. And the offer's clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.domain.alarms.outage import folded, offer_goes_on
from bot.domain.case import Case
from bot.domain.shifts.handoff import accept, decline, expire, halfway, offer, tell_now
from bot.domain.shifts.handover import accept_handover, asks, decline_handover
from bot.domain.shifts.offer_refusals import DepartmentClosed
from bot.domain.times.span import Span
from bot.policy.answering import past_hours
from bot.policy.duty import on_duty
from bot.policy.sight import kept_to_itself
from bot.policy.terms import calendar_of, lease, lease_for, offer_clock, pages_at_half, service
from bot.router import Call, Reply, Routes
from handlers.shared.timers import case_of, slept_through

ANYWAY: Final = "anyway"
PAGING: Final = "paging"

routes = Routes()


@routes.verb("handoff", usage=f"handoff <case> <department> [{ANYWAY}|{PAGING}] [note...]", group="hand over")
async def hand_over(call: Call, case_id: int, to: str, how: str | None, note: str) -> Reply:
    """Offer it to another department; it stays yours until they accept."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        clock = offer_clock(call.policy, to, case.priority)
        if how == PAGING:
            clock = replace(clock, span=Span(clock.span.seconds))
        case = offer(
            case,
            to,
            note,
            by=call.actor,
            at=call.now,
            clock=clock,
            lease=lease_for(call.policy, case),
            page_at_half=pages_at_half(case.priority),
        )
        if how is None:
            _must_be_there(call, case, to, note)
        await work.cases.save(tell_now(case, at=call.now) if how == PAGING else case)
    return Reply.show("case", case_id)


@routes.verb("accept", usage="accept <case>", group="hand over")
async def accept_offer(call: Call, case_id: int) -> Reply:
    """Take what another department offers yours, or a colleague hands over to you: it is yours now."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        if asks(case, call.actor):
            case = accept_handover(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
            await work.cases.save(case)
            return Reply.show("case", case_id)
        receiver = case.offer.to if case.offer else case.department
        case = accept(
            case,
            by=call.actor,
            at=call.now,
            lease=lease(call.policy, receiver, case.priority),
            service_terms=service(call.policy, receiver, case.priority),
        )
        await work.cases.save(kept_to_itself(case, call.policy, at=call.now))
    return Reply.show("case", case_id)


@routes.verb("decline", usage="decline <case> [department] [reason...]", group="hand over")
async def decline_offer(call: Call, case_id: int, other: str | None, reason: str) -> Reply:
    """Send an offer back with the reason; name a department first to say who should have it."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        if asks(case, call.actor):
            said = f"{call.names.department(other)} {reason}".strip() if other else reason
            await work.cases.save(declined(call, case, said))
            return Reply.show("case", case_id)
        receiver = case.offer.to if case.offer else case.department
        if other == receiver:
            # They speak of themselves ("Legal has no say here"): nobody else is named.
            other, reason = None, f"{call.names.department(receiver)} {reason}"
        known = call.policy.departments.get(receiver)
        case = decline(
            case,
            reason.strip(),
            other,
            by=call.actor,
            at=call.now,
            lease=lease_for(call.policy, case),
            needs_other=known is not None and known.decline_needs_other,
            past_hours=past_hours(call.policy, case, call.now),
        )
        await work.cases.save(case)
    return Reply.show("case", case_id)


@routes.timer("offer")
async def watch_offer(call: Call) -> None:
    """Tells the receiver's duty person at half the clock, and takes the offer back at its end.

    While the desk was down nobody could answer: then the offer goes on instead.
    """
    async with call.work() as work:
        before = await work.cases.get(case_of(call))
        lease_terms = lease_for(call.policy, before)
        outage = await slept_through(call, work)
        if outage is not None and before.offer is not None:
            clock = offer_clock(call.policy, before.offer.to, before.priority)
            await work.cases.save(folded(offer_goes_on(before, outage, at=call.now, terms=clock), outage))
            return
        duty = past_hours(call.policy, before, call.now)
        after = expire(halfway(before, at=call.now), at=call.now, lease=lease_terms, past_hours=duty)
        await work.cases.save(after)


def declined(call: Call, case: Case, reason: str) -> Case:
    """The case with its handover declined, back on the giving side."""
    duty = past_hours(call.policy, case, call.now)
    lease_terms = lease_for(call.policy, case)
    return decline_handover(case, reason, by=call.actor, at=call.now, lease=lease_terms, past_hours=duty)


def _must_be_there(call: Call, case: Case, to: str, note: str) -> None:
    """Raises DepartmentClosed, which asks what to do, when the receiver is closed right now."""
    hours = calendar_of(call.policy, to)
    if not hours.is_open(call.now):
        duty = on_duty(call.policy, to, call.now)
        raise DepartmentClosed(case.id, to, hours.next_open(call.now), duty, note)
