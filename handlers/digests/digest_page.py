"""A department's digest, or a person's over their departments: numbers and words, put together for its readers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards.digest import DigestView, Numbers
from bot.cards.list import CaseRow
from bot.domain.digests.digest import Rhythm, Window, bars, window
from bot.domain.digests.mute import Mute, Told, muted
from bot.policy.actors import actor_of
from bot.ports import Tally, Work
from bot.ports.reports import Scope
from bot.router import Look
from handlers.digests.digest_parts import MOST_COUNTED, goal_views, handoffs_view, longest_waits, talk_view
from handlers.digests.digest_plans import Planned
from handlers.shared.rights import communities_of, departments_of

BEFORE: Final[Mapping[Rhythm, str]] = {
    Rhythm.DAILY: "",
    Rhythm.WEEKLY: "the week before",
    Rhythm.MONTHLY: "the month before",
}
_ALL: Final = "Your departments"
_TITLE: Final = "{who} · {rhythm} digest · {day}"
_SO_FAR: Final = "{who} · {so_far}"
_SO_FARS: Final[Mapping[Rhythm, str]] = {
    Rhythm.DAILY: "so far",
    Rhythm.WEEKLY: "this week so far",
    Rhythm.MONTHLY: "this month so far",
}
_PERIOD: Final = "{start} to {end}"


async def digest_page(look: Look, plan: Planned, day: date, departments: tuple[str, ...]) -> DigestView:
    """What the digest of that local date says of these departments, to this reader in this reader's wall clock."""
    covered, zone = window(plan.schedule, day, look.now), look.names.zone
    rhythm, alone = plan.schedule.rhythm, departments[0] if len(departments) == 1 else None
    mine = _communities(look, departments)
    scope = Scope(departments=departments, communities=communities_of(look.actor))
    async with look.work() as work:
        now = [await work.tallies.between(each, covered.start, covered.end) for each in departments]
        then = [
            await work.tallies.between(each, covered.then_start, covered.then_end) for each in departments
        ]
        waiting: tuple[CaseRow, ...] = ()
        total = 0
        # Who waits is known for the present only.
        if covered.is_present(look.now):
            waiting, total = await longest_waits(work, look, departments, None)
        return DigestView(
            title=_title(look, plan, day, covered),
            period=period(covered.start, covered.end, zone),
            now=sum_of(now),
            then=sum_of(then),
            before=period(covered.then_start, covered.then_end, zone),
            bars=bars(by_hour(now), covered.start, covered.end, zone),
            waiting=waiting,
            waiting_total=total,
            waiting_most=MOST_COUNTED,
            parts=()
            if alone
            else tuple(
                (look.names.department(n), sum_of([t])) for n, t in zip(departments, now, strict=True)
            ),
            so_far=covered.so_far,
            before_name=BEFORE[rhythm],
            communities=() if rhythm is Rhythm.DAILY else await _opened(work, look, scope, covered),
            goals=await goal_views(work, look, mine, covered),
            handoffs=await handoffs_view(
                work, look, covered, department=alone, communities=scope.communities
            ),
            talk=await talk_view(work, look, covered, scope, rhythm),
            mute=mute_words(look, plan),
        )


def departments_shown(look: Look, plan: Planned, mutes: Collection[Mute]) -> tuple[str, ...]:
    """The departments on the page; on a person's those they have a role in and did not mute."""
    if plan.person is None:
        return (plan.who,)
    known = look.policy.people.known(plan.person)
    theirs = departments_of(look.policy, actor_of(look.policy, known, look.now)) if known else ()
    return tuple(each for each in theirs if not muted(mutes, told(plan), each))


def told(plan: Planned) -> Told:
    return Told(plan.schedule.rhythm.value)


def mute_words(look: Look, plan: Planned) -> str:
    """What its reader says who wants their own digest no more."""
    return f"mute {plan.schedule.rhythm}" if plan.person and look.place.person == plan.person else ""


def sum_of(tallies: Sequence[Tally]) -> Numbers:
    names = [field.name for field in fields(Numbers)]
    return Numbers(**{name: sum(getattr(tally, name) for tally in tallies) for name in names})


def by_hour(tallies: Sequence[Tally]) -> tuple[int, ...]:
    return tuple(sum(hour) for hour in zip_longest(*(tally.by_hour for tally in tallies), fillvalue=0))


def _communities(look: Look, departments: Sequence[str]) -> tuple[str, ...]:
    """The communities in which one of the departments answers, as far as this reader's eyes reach."""
    limited = communities_of(look.actor)
    return tuple(
        name
        for name, community in look.policy.communities.items()
        if not set(departments).isdisjoint(community.interacts) and (limited is None or name in limited)
    )


async def _opened(work: Work, look: Look, scope: Scope, covered: Window) -> tuple[tuple[str, int, int], ...]:
    """Where cases came from, the busiest community first; nothing where there is only one."""
    now = await work.reports.opened(scope, covered.start, covered.end)
    then = await work.reports.opened(scope, covered.then_start, covered.then_end)
    names = sorted({*now, *then}, key=lambda name: (-now.get(name, 0), name))
    found = tuple((look.names.community(name), now.get(name, 0), then.get(name, 0)) for name in names)
    return found if len(found) > 1 else ()


def _title(look: Look, plan: Planned, day: date, covered: Window) -> str:
    who = _ALL if plan.person else look.names.department(plan.who)
    return title(who, plan.schedule.rhythm, day, covered)


def title(who: str, rhythm: Rhythm, day: date, covered: Window) -> str:
    if covered.so_far:
        return _SO_FAR.format(who=who, so_far=_SO_FARS[rhythm])
    return _TITLE.format(who=who, rhythm=rhythm.value, day=f"{day:%a} {day.day} {day:%b %Y}")


def period(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    return _PERIOD.format(start=_stamp(start, zone), end=_stamp(end, zone))


def _stamp(at: datetime, zone: ZoneInfo) -> str:
    """The full local moment: a digest is read again much later."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
