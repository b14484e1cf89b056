"""What is read after an outage of the desk: a department's summary, a person's page, and the claims that went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.cards.away import AwayPageView, AwayView, away_card, away_claims_card, away_page_card
from bot.cards.words import sentence_card
from bot.domain.alarms.outage import Outage
from bot.domain.case import Case
from bot.domain.parts import State
from bot.domain.people import PersonId
from bot.domain.sight import visible
from bot.effects.away import TOGETHER
from bot.ports import CaseFilter, Work
from bot.router import Look, Routes, Shown
from handlers.look.rows import case_rows
from handlers.shared.clocks import missed

PAGES: Final = "away_page"
"""The view of what one person is told or paged about."""

_MOST: Final = 10
_PERIOD: Final = "{start} to {end}"
_DOWN: Final = "The desk was down for {length}. What came meanwhile is filed now."
_STOPPED: Final = "The desk was stopped for {length}. What came meanwhile is filed now."
_GONE: Final = "This was about a time in which the desk was down, and is told no more."

routes = Routes()


@routes.view("away")
async def away(look: Look, subject: str) -> Shown:
    """The summary `outage:department`, with its worst cases as they are now. Nothing where nothing was told."""
    number, _, department = subject.partition(":")
    async with look.work() as work:
        outage, told = await work.outages.get(int(number)), await work.outages.told(int(number), department)
        if outage is None or told is None:
            return Shown(card=sentence_card(_GONE), only_edit=True)
        cases = await _seen(look, told.worst)
        rows = await case_rows(work, look, cases)
    taken = sum(case.owner is not None or case.state is not State.OPEN for case in cases)
    late = sum(missed(case, told.at) for case in cases)
    return Shown(
        card=away_card(
            AwayView(
                period=_period(look, outage),
                why=_why(look, outage),
                at=look.names.moment(told.at),
                posts=told.posts,
                free=told.free,
                late=told.late,
                missed=told.missed,
                prolonged=told.prolonged,
                woken=told.woken,
                rows=rows,
                taken=taken,
                more=max(0, told.free - len(told.worst)),
                more_late=max(0, told.late - late),
                department=department,
            )
        )
    )


@routes.view(PAGES)
async def away_page(look: Look, subject: str) -> Shown:
    """The page `outage:person:time` for all cases about which that person was paged then; without a time, the summary
    for a champion. Only an edit once all of them were answered."""
    number, person, together = subject.split(":")
    async with look.work() as work:
        outage = await work.outages.get(int(number))
        told = await work.outages.told(int(number), person)
        if outage is None or not (told or together):
            return Shown(card=sentence_card(_GONE), only_edit=True)
        paged = await paged_together(work, subject)
        cases = await _seen(look, paged if together or told is None else told.worst)
        waiting = [case for case in cases if waits(case)]
        rows = await case_rows(work, look, waiting[:_MOST])
    card = away_page_card(
        AwayPageView(
            period=_period(look, outage),
            why=_why(look, outage),
            rows=rows,
            total=len(waiting),
            answered=len(cases) - len(waiting),
            paged=bool(together),
            posts=told.posts if told else 0,
            missed=told.missed if told else 0,
            free=told.free if told else 0,
        )
    )
    return Shown(card=card, only_edit=bool(together) and not waiting)


@routes.view("away_claims")
async def away_claims(look: Look, subject: str) -> Shown:
    """The claims `outage:person` that went on; only an edit once there are none."""
    number, _, person = subject.partition(":")
    async with look.work() as work:
        outage = await work.outages.get(int(number))
        which = CaseFilter(owner=PersonId(person))
        total, cases = await work.cases.count(which), await work.cases.find(which, limit=_MOST)
        rows = await case_rows(work, look, cases)
    if outage is None or not total:
        return Shown(card=sentence_card(_GONE), only_edit=True)
    return Shown(card=away_claims_card(_period(look, outage), _why(look, outage), rows, total))


async def paged_together(work: Work, subject: str) -> Sequence[int]:
    """The cases of the page `outage:person:time`; none for a summary."""
    number, person, together = subject.split(":")
    outage = await work.outages.get(int(number))
    if outage is None or not together:
        return ()
    start = datetime.fromtimestamp(float(together) * TOGETHER.total_seconds(), tz=outage.until.tzinfo)
    return await work.outages.paged(outage, PersonId(person), start, start + TOGETHER)


async def _seen(look: Look, numbers: Sequence[int]) -> Sequence[Case]:
    """Those of the cases that whoever looks may see."""
    async with look.work_of_the_desk() as work:
        cases = [await work.cases.get(number) for number in numbers]
    return [case for case in cases if visible(case, look.eyes)]


def waits(case: Case) -> bool:
    """Whether it is escalated and nobody has answered."""
    return (
        case.escalating and not case.closed and case.escalation is not None and not case.escalation.acked_by
    )


def _period(look: Look, outage: Outage) -> str:
    return _PERIOD.format(start=_stamp(look, outage.since), end=_stamp(look, outage.until))


def _stamp(look: Look, at: datetime) -> str:
    """With its day, for it is read later; with its date once a week went by."""
    local = at.astimezone(look.names.zone)
    near = look.now - at < timedelta(days=6)
    return f"{local:%a %H:%M}" if near else f"{local:%a} {local.day} {local:%b %H:%M}"


def _why(look: Look, outage: Outage) -> str:
    said = _STOPPED if outage.stopped else _DOWN
    return said.format(length=look.names.span(outage.length))
