"""Home: what one reads who says nothing but the desk's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.cards.card import Card
from bot.cards.home import HomeView, QueueView, colleague_card, home_card
from bot.cards.phrases import COUNTED
from bot.domain.alarms.escalation import was_paged
from bot.domain.case import Case
from bot.domain.parts import State
from bot.domain.roles import Actor
from bot.policy.duty import on_duty
from bot.policy.names import admins
from bot.ports import CaseFilter, Queue, Work
from bot.router import Call, Look, Reply, Routes
from handlers.hand_over.shift_words import away_words
from handlers.look.rows import case_rows
from handlers.shared.rights import communities_of, departments_of
from handlers.urgent.frozen import banners

YOU_ARE: Final = "You are {away}."
YOU_COVER: Final = "{who} is {away}: their pages, duty and warnings come to you."
SOON: Final = timedelta(hours=1)
"""How long before its promise breaks a case counts as due soon."""

_MOST: Final = 5
_SCANNED: Final = 50

routes = Routes()


@routes.verb("home", usage="home", group="see")
async def go_home(call: Call) -> Reply:
    """Your pages, offers and claims, your departments' queues, and who is on call."""
    return Reply.show("home")


@routes.view("home")
async def home(look: Look, subject: str) -> Card:
    """One person's desk; in a channel, the desk of its department. Who has no role is told what anyone may do."""
    actor, asked = look.actor, look.place.person
    if (actor is not None and not actor.everywhere()) or (actor is None and asked is not None):
        name = actor.name if actor else look.names.person(asked)
        return colleague_card(name, look.policy.company.name, admins(look.policy))
    mine = departments_of(look.policy, actor)
    if actor is None and look.place.department in mine:
        mine = (look.place.department,)
    async with look.work() as work:
        waiting = [case for case in await _offered(work, mine) if actor is None or _may_accept(case, actor)]
        claims = CaseFilter(owner=actor.id) if actor else None
        urgent = await work.cases.find(_soon(claims, look), limit=_SCANNED) if claims else ()
        due_soon = await work.cases.find(_soon(_unclaimed(look, mine), look), limit=_MOST)
        return home_card(
            HomeView(
                name=actor.name if actor else look.policy.company.name,
                pages=await case_rows(work, look, await _pages(work, actor)),
                offers=await case_rows(work, look, waiting[:_MOST]),
                claims=await case_rows(work, look, await _claims(work, claims, urgent)),
                claims_total=await work.cases.count(claims, most=COUNTED) if claims else 0,
                claims_soon=len(urgent),
                due_soon=await case_rows(work, look, due_soon),
                free=await case_rows(work, look, await _free(work, look, mine, due_soon)),
                queues=await _queues(work, look, mine),
                at=look.names.moment(look.now),
                frozen=await banners(work, look.names, mine),
                away=_away(look, actor),
                covers=_covers(look, actor),
                handed=await case_rows(work, look, await _handed(work, actor)),
            )
        )


async def _pages(work: Work, actor: Actor | None) -> tuple[Case, ...]:
    """Escalations in which this person was asked and nobody has answered."""
    if actor is None:
        return ()
    running = await work.cases.find(CaseFilter(escalated=True), limit=_SCANNED)
    asked = [
        case
        for case in running
        if was_paged(case, actor) and not (case.escalation and case.escalation.acked_by)
    ]
    return tuple(asked[:_MOST])


async def _offered(work: Work, departments: tuple[str, ...]) -> tuple[Case, ...]:
    return tuple(await work.cases.find(CaseFilter(offered_to=departments), limit=_SCANNED))


def _unclaimed(look: Look, departments: tuple[str, ...]) -> CaseFilter:
    return CaseFilter(
        departments=departments,
        communities=communities_of(look.actor),
        states=(State.OPEN,),
        awake_at=look.now,
    )


def _soon(which: CaseFilter, look: Look) -> CaseFilter:
    return replace(which, due_before=look.now + SOON)


async def _claims(work: Work, claims: CaseFilter | None, urgent: Sequence[Case]) -> Sequence[Case]:
    """What is due soon first, then the most urgent others."""
    if claims is None:
        return ()
    others = await work.cases.find(claims, limit=2 * _MOST)
    known = {case.id for case in urgent[:_MOST]}
    return [*urgent, *(case for case in others if case.id not in known)][:_MOST]


async def _free(
    work: Work, look: Look, departments: tuple[str, ...], shown: Sequence[Case]
) -> Sequence[Case]:
    """The most urgent cases that nobody has and that are not offered to anybody, but for those shown already."""
    known = {case.id for case in shown}
    found = await work.cases.find(_unclaimed(look, departments), limit=_SCANNED)
    return [case for case in found if case.id not in known and case.offer is None][:_MOST]


async def _queues(work: Work, look: Look, departments: tuple[str, ...]) -> tuple[QueueView, ...]:
    found = await work.cases.queues(departments, communities_of(look.actor), most=COUNTED)
    return tuple(_queue(look, name, found.get(name, Queue())) for name in departments)


async def _handed(work: Work, actor: Actor | None) -> Sequence[Case]:
    """What a colleague asks this person, or whom they cover for, to take over."""
    if actor is None:
        return ()
    return await work.cases.find(CaseFilter(handed_to=(actor.id, *actor.covers)), limit=_MOST)


def _away(look: Look, actor: Actor | None) -> str:
    words = away_words(look.policy, actor.id, look.names) if actor else ""
    return YOU_ARE.format(away=words) if words else ""


def _covers(look: Look, actor: Actor | None) -> tuple[str, ...]:
    if actor is None:
        return ()
    return tuple(
        YOU_COVER.format(
            who=look.names.person(who), away=away_words(look.policy, who, look.names, for_cover=True)
        )
        for who in sorted(actor.covers)
    )


def _queue(look: Look, department: str, queue: Queue) -> QueueView:
    duty = on_duty(look.policy, department, look.now)
    return QueueView(
        name=department,
        department=look.names.department(department),
        unclaimed=queue.unclaimed,
        claimed=queue.claimed,
        oldest=look.names.span(look.now - queue.oldest) if queue.oldest else "",
        on_call=look.names.person(duty) if duty else "",
    )


def _may_accept(case: Case, actor: Actor) -> bool:
    return case.offer is not None and actor.may("accept", case.offer.to, case.community)
