"""`board`: all departments at a glance, as a card in every chat and as a page of the web chat."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Final

from bot.cards.board import BoardView, DepartmentView, board_card
from bot.cards.card import Card
from bot.cards.digest_parts import GoalView
from bot.domain.people import COMPANY, Role
from bot.domain.roles import Actor
from bot.domain.times.calendar import local_moment
from bot.policy.duty import on_duty
from bot.policy.goals import Standing
from bot.policy.model import Community, Policy
from bot.ports import Load
from bot.router import Call, Look, Reply, Routes
from handlers.look.goals import goal_standing
from handlers.look.oncall import goal_target
from handlers.shared.rights import communities_of

_WEEK: Final = timedelta(days=7)
_ONLOOKERS: Final = frozenset({Role.VIEWER, Role.EXTERNAL})

routes = Routes()


@routes.verb("board", usage="board", group="see")
async def show_board(call: Call) -> Reply:
    """All departments at a glance: what waits, what is late, who is on call, and today's goals."""
    call.actor.must("list", None)
    return Reply.show("board")


@routes.view("board")
async def board(look: Look, subject: str) -> Card:
    """The board as a card."""
    return board_card(await board_view(look))


async def board_view(look: Look) -> BoardView:
    """What waits in each department that the reader may see. Restricted cases are counted like all others."""
    departments, limited = shown_departments(look.policy, look.actor), communities_of(look.actor)
    communities = [
        community
        for community in look.policy.communities.values()
        if (limited is None or community.name in limited) and set(community.interacts) & set(departments)
    ]
    local = look.now.astimezone(look.names.zone)
    midnight = local_moment(local.date(), time(0), look.names.zone)
    week_ago = local_moment(local.date() - _WEEK, time(0), look.names.zone)
    # Restricted cases are counted, never worded.
    async with look.work_of_the_desk() as work:
        loads = await work.board.loads(departments, limited, look.now)
        end = max(look.now, midnight) + timedelta.resolution
        today = await work.board.arrivals(departments, limited, midnight, end)
        then = await work.board.arrivals(departments, limited, week_ago, week_ago + timedelta(hours=24))
        standings = [
            (each, await goal_standing(work, look.policy, each, midnight, end)) for each in communities
        ]
    hours = (0,) * ((look.now - midnight) // timedelta(hours=1) + 1)
    return BoardView(
        departments=tuple(
            _department(
                look, name, loads.get(name, Load()), tuple(today.get(name, hours)), tuple(then.get(name, ()))
            )
            for name in departments
        ),
        goals=tuple(_goal(community, standing) for community, standing in standings),
        at=look.names.moment(look.now),
        day=f"{local:%A}",
        shut=_shut(look, departments),
    )


def shown_departments(policy: Policy, actor: Actor | None) -> tuple[str, ...]:
    """All departments, but: a restricted one for its own people, company-wide roles and nobody else; and who only
    looks on (viewers, externals) sees their own."""
    if actor is None:
        return tuple(name for name, known in policy.departments.items() if not known.restricted)
    if COMPANY in actor.roles:
        return tuple(policy.departments)
    own = frozenset(actor.roles)
    onlooker = actor.everywhere() <= _ONLOOKERS
    return tuple(
        name
        for name, known in policy.departments.items()
        if name in own or not (onlooker or known.restricted)
    )


def _shut(look: Look, shown: tuple[str, ...]) -> tuple[str, ...]:
    """The restricted departments left out, for whom the board would else pass as the whole company."""
    if look.actor is not None and look.actor.everywhere() <= _ONLOOKERS:
        return ()
    every = look.policy.departments.items()
    return tuple(
        look.names.department(name) for name, known in every if known.restricted and name not in shown
    )


def _department(
    look: Look, name: str, load: Load, today: tuple[int, ...], then: tuple[int, ...]
) -> DepartmentView:
    duty = on_duty(look.policy, name, look.now)
    return DepartmentView(
        name=name,
        title=look.names.department(name),
        unclaimed=load.unclaimed,
        claimed=load.claimed,
        late=load.late,
        escalated=load.escalated,
        offered=load.offered,
        oldest=look.names.span(look.now - load.oldest) if load.oldest else "",
        on_call=look.names.person(duty) if duty else "",
        today=today,
        then=(*then, *(0,) * (24 - len(then))),
    )


def _goal(community: Community, standing: Standing) -> GoalView:
    return GoalView(
        community=community.title,
        goal=goal_target(community.goal),
        wanted=round(100 * community.goal.share),
        percent=standing.percent,
        reached=standing.reached,
        decided=standing.decided,
        open=standing.open,
        kept=standing.kept,
    )
