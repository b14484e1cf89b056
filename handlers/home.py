"""Home: what one reads who says nothing but the desk's name."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.cards.card import Card
from bot.cards.home import HomeView, QueueView, home_card
from bot.domain.case import Case, State
from bot.domain.escalation import was_paged
from bot.domain.roles import Actor
from bot.policy.duty import on_duty
from bot.ports import CaseFilter, Work
from bot.router import Call, Look, Reply, Routes
from handlers.rights import communities_of, departments_of
from handlers.rows import case_rows

SOON: Final = timedelta(hours=1)
"""How long before a promise breaks an unclaimed case is shown at home."""

_MOST: Final = 5
_SCANNED: Final = 50

routes = Routes()


@routes.verb("home", usage="home", group="see")
async def go_home(call: Call) -> Reply:
    """Your pages, offers and claims, your departments' queues, and who is on call."""
    call.actor.must("list", None)
    return Reply.show("home")


@routes.view("home")
async def home(look: Look, subject: str) -> Card:
    """One person's desk; in a channel, the desk of its department."""
    actor = look.actor
    mine = departments_of(look.policy, actor)
    if actor is None and look.place.department in mine:
        mine = (look.place.department,)
    async with look.work() as work:
        claims = CaseFilter(owner=actor.id) if actor else None
        waiting = [case for case in await _offered(work, mine) if actor is None or _may_accept(case, actor)]
        return home_card(
            HomeView(
                name=actor.name if actor else look.policy.company.name,
                pages=await case_rows(work, look, await _pages(work, actor)),
                offers=await case_rows(work, look, waiting[:_MOST]),
                claims=await case_rows(
                    work, look, await work.cases.find(claims, limit=_MOST) if claims else ()
                ),
                claims_total=await work.cases.count(claims) if claims else 0,
                due_soon=await case_rows(work, look, await _due_soon(work, look, mine)),
                queues=tuple([await _queue(work, look, department) for department in mine]),
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


async def _due_soon(work: Work, look: Look, departments: tuple[str, ...]) -> tuple[Case, ...]:
    which = CaseFilter(
        departments=departments,
        communities=communities_of(look.actor),
        states=(State.OPEN,),
        due_before=look.now + SOON,
        awake_at=look.now,
    )
    return tuple(await work.cases.find(which, limit=_MOST))


async def _queue(work: Work, look: Look, department: str) -> QueueView:
    which = CaseFilter(
        departments=(department,), communities=communities_of(look.actor), states=(State.OPEN,)
    )
    claimed = CaseFilter(
        departments=(department,), communities=communities_of(look.actor), states=(State.CLAIMED,)
    )
    free = await work.cases.find(which, limit=_SCANNED)
    oldest = min((case.opened_at for case in free), default=None)
    duty = on_duty(look.policy, department, look.now)
    return QueueView(
        department=look.names.department(department),
        unclaimed=await work.cases.count(which),
        claimed=await work.cases.count(claimed),
        oldest=look.names.span(look.now - oldest) if oldest else "",
        on_call=look.names.person(duty) if duty else "",
    )


def _may_accept(case: Case, actor: Actor) -> bool:
    return case.offer is not None and actor.may("accept", case.offer.to, case.community)
