"""`consult`, `answer` and `notours`: another department's advice, without giving the case away. And its clock."""

from __future__ import annotations

from functools import partial

from bot.domain.alarms.outage import folded, questions_go_on
from bot.domain.shifts.consult import answer, consult, not_ours, theirs
from bot.domain.shifts.questions import expire_questions
from bot.policy.terms import consult_clock, lease_for
from bot.router import Call, Reply, Routes
from handlers.shared.timers import case_of, slept_through

routes = Routes()


@routes.verb(
    "consult", usage="consult <case> <department> <question...>", group="hand over", aliases=("ask",)
)
async def consult_department(call: Call, case_id: int, to: str, question: str) -> Reply:
    """Ask another department for advice; the case stays where it is."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        case = consult(
            case,
            to,
            question,
            by=call.actor,
            at=call.now,
            clock=consult_clock(call.policy, to, case.priority),
            lease=lease_for(call.policy, case),
        )
        await work.cases.save(case)
    return Reply.show("case", case_id)


@routes.verb("answer", usage="answer <case> <text...>", group="hand over")
async def answer_question(call: Call, case_id: int, text: str) -> Reply:
    """Answer what your department was asked; it stays a note of the case, never shown to the public."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        asked = theirs(case, call.actor, call.place.department)
        lease = lease_for(call.policy, case)
        await work.cases.save(answer(case, asked, text, by=call.actor, at=call.now, lease=lease))
    return Reply.show("case", case_id)


@routes.verb("notours", usage="notours <case> [why...]", group="hand over", aliases=("not ours",))
async def not_for_us(call: Call, case_id: int, why: str) -> Reply:
    """Say that your department cannot answer what it was asked; who asked is told."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        asked = theirs(case, call.actor, call.place.department)
        await work.cases.save(not_ours(case, asked, why, by=call.actor, at=call.now))
    return Reply.show("case", case_id)


@routes.timer("consult")
async def watch_questions(call: Call) -> None:
    """Ends the questions that nobody answered in time; those that ran out while the desk was down go on."""
    async with call.work() as work:
        case = await work.cases.get(case_of(call))
        outage = await slept_through(call, work)
        if outage is not None:
            clocks = partial(consult_clock, call.policy, priority=case.priority)
            await work.cases.save(folded(questions_go_on(case, outage, at=call.now, terms=clocks), outage))
            return
        await work.cases.save(expire_questions(case, at=call.now))
