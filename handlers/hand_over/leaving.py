"""Who has no part in the desk any more lets go of all they hold: a standing check, hourly and after every change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.cards.phrases import count
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.shifts.handover import relieve
from bot.effects.cards import args_of
from bot.policy.actors import actor_of
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.places import channels
from bot.policy.terms import lease_for
from bot.ports import CaseFilter, Put, Rank, Work
from bot.router import Call, Routes
from handlers.shared.sentence import VIEW

LEFT: Final = "{who} has no part in the desk any more. {claims} back in the queue of {department}: {numbers}."
ELSE: Final = (
    "{who} has no part in the desk any more. What they had asked or offered was withdrawn: {numbers}."
)
EVERY: Final = timedelta(hours=1)

_BATCH: Final = 500
_NAMED: Final = 12

log = structlog.get_logger(__name__)
routes = Routes()


def leaving_clock(at: datetime) -> Put:
    """The check, due at `at`."""
    return Put(kind="leaving", key="leaving", due=at)


@routes.timer("leaving")
async def who_left(call: Call) -> None:
    """Finds who holds something and has no role any more; each is relieved of all of it in one unit of work."""
    async with call.work(finish=False) as work:
        found = await _concerned(work)
        everyone = {*found, *await work.cases.holders()}
        everyone |= {
            person
            for each in await work.absences.everyone()
            for person in (each.person, each.cover)
            if person
        }
    for person in sorted(each for each in everyone if has_left(call.policy, each, call.now)):
        await _relieve(call, person, found.get(person, frozenset()))
    async with call.work() as work:
        work.jobs.put(leaving_clock(call.now + EVERY))


def has_left(policy: Policy, person: PersonId, at: datetime) -> bool:
    """Whether they have no role at all. Before a chat has told its groups, nobody is said to be in none of them."""
    known = policy.people.get(person)
    if known is not None:
        return not actor_of(policy, known, at).everywhere()
    wanted = {platform for department in policy.departments.values() for platform in department.groups}
    return all(policy.people.heard_from(platform) for platform in wanted)


async def _concerned(work: Work) -> dict[PersonId, frozenset[int]]:
    """Who offered, asked, was asked or was paged in a case that they need not own: the cases of each."""
    found: dict[PersonId, frozenset[int]] = {}
    for which in (CaseFilter(escalated=True), CaseFilter(offered=True)):
        for case in await work.cases.find(which, limit=_BATCH):
            for person in _named(case):
                found[person] = found.get(person, frozenset()) | {case.id}
    return found


def _named(case: Case) -> Iterable[PersonId]:
    if case.offer is not None:
        yield case.offer.by
    if case.escalation is not None and case.escalating:
        yield from (page.person for page in case.escalation.pages if not page.failed)
        if case.escalation.acked_by is not None:
            yield case.escalation.acked_by


async def _relieve(call: Call, person: PersonId, others: frozenset[int]) -> None:
    async with call.work(finish=False) as work:
        for which in (CaseFilter(owner=person), CaseFilter(handed_to=(person,))):
            others |= {case.id for case in await work.cases.find(which, limit=_BATCH)}
        freed: list[Case] = []
        touched: list[Case] = []
        for number in sorted(others):
            before = await work.cases.get(number)
            case = relieve(before, person, at=call.now, lease=lease_for(call.policy, before))
            if case != before:
                await work.cases.save(case)
                (freed if before.owner == person else touched).append(case)
        await _forget_absences(call, work, person)
        for wanted in _told(call, person, freed, touched):
            work.jobs.put(wanted)
    log.info("somebody has no role any more", person=person, freed=len(freed), touched=len(touched))


async def _forget_absences(call: Call, work: Work, person: PersonId) -> None:
    """Theirs ends; whom they covered for has no cover any more."""
    for absence in await work.absences.everyone():
        if absence.person == person:
            await work.absences.end(person, by=call.actor.id, at=call.now)
            work.jobs.drop(f"absence:{person}")
        elif absence.cover == person:
            kept = replace(absence, cover=None, cover_until=None)
            await work.absences.keep(kept, Kind.COVERED, by=call.actor.id, at=call.now)


def _told(call: Call, person: PersonId, freed: list[Case], touched: list[Case]) -> Iterable[Put]:
    """Each department once, about all its cases."""
    cases = {case.department: None for case in (*freed, *touched)}
    for name in cases:
        mine = [case for case in freed if case.department == name]
        rest = [case for case in touched if case.department == name]
        for place in channels(call.policy, name):
            zone = call.policy.departments[name].zone
            names = Spoken(policy=call.policy, zone=zone, now=call.now)
            words = _words(names, person, name, mine or rest, LEFT if mine else ELSE)
            yield Put(
                kind="notice",
                key=f"left:{person}:{int(call.now.timestamp() * 1000)}@{place}",
                due=call.now,
                lane=str(place),
                rank=Rank.NOTE,
                args=args_of(VIEW, words, place),
            )


def _words(names: Spoken, person: PersonId, department: str, cases: list[Case], sentence: str) -> str:
    numbers = ", ".join(f"{case.id} ({case.priority})" for case in cases[:_NAMED])
    more = f" and {len(cases) - _NAMED} more" if len(cases) > _NAMED else ""
    return sentence.format(
        who=names.person(person).removesuffix(" (left)"),
        claims=count(len(cases), "claim is", "claims are"),
        department=names.department(department),
        numbers=f"{numbers}{more}",
    )
