"""`undo`: what was done a moment ago is taken back."""

from __future__ import annotations

from datetime import datetime

from bot.domain.case import Case
from bot.domain.roles import Actor
from bot.domain.second_thoughts import WITHIN
from bot.domain.surges.merging import can_take_back
from bot.domain.undo import undo, undoable
from bot.domain.undo_refusals import NothingOfYours
from bot.policy.actors import actor_of
from bot.policy.terms import lease, service
from bot.ports import Work
from bot.router import Call, Reply, Routes
from handlers.work.merge import part

routes = Routes()


@routes.verb("undo", usage="undo [case]", group="work")
async def undo_act(call: Call, case_id: int | None) -> Reply:
    """Take back a dismissal, resolution, accepted handoff or merge within a day; alone, your own newest one."""
    async with call.work() as work:
        number = case_id if case_id is not None else await _my_newest(call, work)
        case = await work.cases.get(number)
        if _is_merge(case, call.now):
            await part(call, work, number)
            return Reply.show("case", number)
        department = case.undoable.department if case.undoable else case.department
        case = undo(
            case,
            by=call.actor,
            at=call.now,
            lease=lease(call.policy, department, case.priority),
            service_terms=service(call.policy, department, case.priority),
            holder=_holder(call, case),
        )
        await work.cases.save(case)
    return Reply.show("case", number)


def _is_merge(case: Case, now: datetime) -> bool:
    """Whether the newest thing to take back is a merge: of this case into another, or of another one into it."""
    if case.merged_into is not None:
        return True
    kept = undoable(case, now)
    newer = kept is None or not case.merges or case.merges[-1].at >= kept.until - WITHIN
    return newer and can_take_back(case, now)


def _holder(call: Call, case: Case) -> Actor | None:
    """Who had the case before, with the roles in force now; None for nobody, or for somebody who left."""
    owner = case.undoable.owner if case.undoable else None
    person = call.policy.people.get(owner) if owner else None
    return actor_of(call.policy, person, call.now) if person else None


async def _my_newest(call: Call, work: Work) -> int:
    """The case of the newest act of this person that can still be taken back. Raises NothingOfYours."""
    for number, event in await work.cases.second_thoughts(call.actor.id, since=call.now - WITHIN):
        case = await work.cases.get(number)
        if _is_merge(case, call.now):
            if case.merges and case.merges[-1].at == event.at:
                return number
            continue
        kept = undoable(case, call.now)
        if kept is not None and kept.event == event.seq:
            return number
    raise NothingOfYours
