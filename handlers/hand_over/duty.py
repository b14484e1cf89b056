"""Duty passes on: whoever has it from now on is told so once, with what waits. A standing clock per department."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.cards.shifts import DutyView, duty_card
from bot.domain.parts import Priority, State
from bot.domain.people import PersonId
from bot.domain.times.calendar import NeverOpen
from bot.policy.duty import turn_ends, turn_of
from bot.policy.model import Policy
from bot.policy.places import lane_of
from bot.policy.presence import hours_of
from bot.ports import CaseFilter, Put, Rank
from bot.router import Call, Look, Routes, Shown
from handlers.shared.timers import said

_URGENT = (Priority.P1, Priority.P2)
_SCANNED = 200

routes = Routes()


def duty_clocks(policy: Policy, now: datetime) -> list[Put]:
    """The clocks of all departments whose duty passes on, each set for its next change after `now` (UTC)."""
    return [clock for name in policy.departments if (clock := _clock(policy, name, now)) is not None]


@routes.timer("duty")
async def duty_passes(call: Call) -> None:
    """Tells who has the turn now, unless they had it before; and sets the clock for the next change."""
    name = said(call, "department")
    async with call.work() as work:
        following = _clock(call.policy, name, call.now)
        if following is None or (call.job is not None and following.key != call.job.key):
            # The policy moved the change since: that one has a clock of its own.
            return
        work.jobs.put(following)
        for wanted in _told(call.policy, name, call.job.due if call.job else call.now, call.now):
            work.jobs.put(wanted)


@routes.view("duty")
async def duty(look: Look, subject: str) -> Shown:
    """`department|turn's end|reason`: only an edit once that turn is over."""
    name, until, because = subject.split("|", 2)
    ends = datetime.fromisoformat(until) if until else None
    async with look.work_of_the_desk() as work:
        offers = await work.cases.count(CaseFilter(offered_to=(name,)))
        free = await work.cases.find(CaseFilter(departments=(name,), states=(State.OPEN,)), limit=_SCANNED)
    view = DutyView(
        name=name,
        department=look.names.department(name),
        until=look.names.moment(ends) if ends else "",
        offers=offers,
        urgent=sum(case.priority in _URGENT and case.offer is None for case in free),
        because=because,
    )
    return Shown(card=duty_card(view), only_edit=ends is not None and ends <= look.now)


def on_duty_now(
    department: str, person: PersonId, ends: datetime | None, key: str, at: datetime, because: str = ""
) -> Put:
    """The message that somebody is on duty, once per key."""
    subject = f"{department}|{ends.isoformat() if ends else ''}|{because}"
    return Put(
        kind="notice",
        key=f"onduty:{department}:{key}:{person}",
        due=at,
        lane=lane_of(person),
        rank=Rank.NOTE,
        args={"view": "duty", "subject": subject, "person": person},
    )


def _clock(policy: Policy, department: str, now: datetime) -> Put | None:
    due = turn_ends(policy, department, now)
    if due is None:
        return None
    rotation = policy.departments[department].rotation
    when = f"{rotation.weekday}-{rotation.at:%H%M}" if rotation else ""
    return Put(kind="duty", key=f"duty:{department}:{when}", due=due, args={"department": department})


def _told(policy: Policy, department: str, changed: datetime, now: datetime) -> Iterator[Put]:
    """Of several changes during an outage only the last one is told. Outside their hours they hear when those begin."""
    person, ends = turn_of(policy, department, now), turn_ends(policy, department, now)
    before = turn_of(policy, department, changed - timedelta(seconds=1))
    if person is None or person == before or ends is None:
        return
    try:
        begins = hours_of(policy, person, department).next_open(now)
    except NeverOpen:
        begins = now
    yield on_duty_now(department, person, ends, f"{int(ends.timestamp())}", begins if begins < ends else now)
