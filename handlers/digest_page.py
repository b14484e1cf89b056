"""The numbers of a digest, put together for its readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards.digest import DigestView, Numbers
from bot.domain.case import Case, State
from bot.domain.digest import TOO_LATE, Window, bars, window
from bot.policy.actors import actor_of
from bot.ports import CaseFilter, Tally, Work
from bot.router import Look
from handlers.digest_plans import Planned
from handlers.rights import communities_of, departments_of
from handlers.rows import case_rows

_WAITING: Final = 3
_SCANNED: Final = 1000
_ALL: Final = "Your departments"
_TITLE: Final = "{who} · {rhythm} digest · {day}"
_SO_FAR: Final = "{who} · so far"
_PERIOD: Final = "{start} to {end}"


async def digest_page(look: Look, plan: Planned, day: date) -> DigestView:
    """What the digest of that local date says, to this reader in this reader's wall clock."""
    covered, zone = window(plan.schedule, day, look.now), look.names.zone
    departments = _departments(look, plan)
    async with look.work() as work:
        now = [await work.tallies.between(each, covered.start, covered.end) for each in departments]
        then = [
            await work.tallies.between(each, covered.then_start, covered.then_end) for each in departments
        ]
        # Who waits is known for the present only.
        recent = look.now - covered.end <= TOO_LATE
        waiting = await _waiting(work, look, departments) if recent else ()
        longest = await case_rows(work, look, waiting[:_WAITING])
    several = len(departments) > 1
    return DigestView(
        title=_title(look, plan, day, covered),
        period=_period(covered.start, covered.end, zone),
        now=_sum(now),
        then=_sum(then),
        before=_period(covered.then_start, covered.then_end, zone),
        bars=bars(_by_hour(now), covered.start, covered.end, zone),
        waiting=longest,
        waiting_total=len(waiting),
        parts=tuple((look.names.department(n), _sum([t])) for n, t in zip(departments, now, strict=True))
        if several
        else (),
        so_far=covered.so_far,
    )


def _departments(look: Look, plan: Planned) -> tuple[str, ...]:
    if plan.person is None:
        return (plan.who,)
    return departments_of(look.policy, actor_of(look.policy, look.policy.people[plan.person], look.now))


async def _waiting(work: Work, look: Look, departments: tuple[str, ...]) -> Sequence[Case]:
    """Cases whose author has not heard from us, the longest wait first."""
    which = CaseFilter(
        departments=departments, communities=communities_of(look.actor), states=(State.OPEN, State.CLAIMED)
    )
    found = await work.cases.find(which, limit=_SCANNED)
    return sorted(
        (case for case in found if case.service.responded_at is None), key=lambda case: case.service.since
    )


def _sum(tallies: Sequence[Tally]) -> Numbers:
    names = [field.name for field in fields(Numbers)]
    return Numbers(**{name: sum(getattr(tally, name) for tally in tallies) for name in names})


def _by_hour(tallies: Sequence[Tally]) -> tuple[int, ...]:
    return tuple(sum(hour) for hour in zip_longest(*(tally.by_hour for tally in tallies), fillvalue=0))


def _title(look: Look, plan: Planned, day: date, covered: Window) -> str:
    who = _ALL if plan.person else look.names.department(plan.who)
    if covered.so_far:
        return _SO_FAR.format(who=who)
    return _TITLE.format(who=who, rhythm=plan.schedule.rhythm.value, day=f"{day:%a} {day.day} {day:%b %Y}")


def _period(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    return _PERIOD.format(start=_stamp(start, zone), end=_stamp(end, zone))


def _stamp(at: datetime, zone: ZoneInfo) -> str:
    """The full local moment: a digest is read again much later."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
