"""`handover`: all my claims to one colleague, who accepts or declines them together or one by one. And its clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.cards.card import Card
from bot.cards.phrases import count, joined
from bot.cards.shifts import HandedRow, HandoverView, handed_card, handover_card
from bot.cards.words import sentence_card
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.people import PersonId
from bot.domain.roles import Actor
from bot.domain.shifts.handover import accept_handover, asks, expire_handover, hand_over, may_go
from bot.domain.shifts.handover_refusals import IsAway, NothingHandedOver, NothingToHandOver, ToYourself
from bot.domain.sight import sees
from bot.policy.actors import actor_of
from bot.policy.answering import past_hours
from bot.policy.names import Spoken
from bot.policy.presence import standing
from bot.policy.terms import lease_for, person_clock
from bot.ports import CaseFilter, Work
from bot.router import Call, Look, Reply, Routes, Shown
from handlers.hand_over.handoff import declined
from handlers.hand_over.shift_words import off_hours
from handlers.shared.clocks import next_due
from handlers.shared.timers import case_of

OFFERED: Final = "{to} is asked to take over {cases}, until {until}. Until then {stay} yours.{left}{warning}"
LEFT: Final = " {cases} not handed over: offered elsewhere already, or {to} may not claim there."
ANSWERED: Final = "{cases} {what}."
TAKEN: Final = "taken over by {who}"
KEPT: Final = "declined by {who}{why}"
LATE: Final = "not answered in time"
WITHDRAWN: Final = "not handed over any more"
TO_DUTY: Final = ", went to {who}"
HEADING: Final = "What you handed over to {to}"
RECEIVED: Final = "What {giver} handed over to {to}"
MOST: Final = 100
"""How many claims go in one handover; more are handed over by saying it again."""

_SHOWN: Final = 15
_READ: Final = 40
_ANSWERS: Final = frozenset(
    {
        Kind.HANDOVER_ACCEPTED,
        Kind.HANDOVER_DECLINED,
        Kind.HANDOVER_EXPIRED,
        Kind.HANDOVER_WITHDRAWN,
    }
)

routes = Routes()


@routes.verb("handover", usage="handover <person> [note...]", group="hand over")
async def hand_over_all(call: Call, to: PersonId, note: str) -> Reply:
    """Ask a colleague to take over all your claims; each stays yours until they accept it."""
    call.actor.must("handover", None)
    receiver = _receiver(call, to)
    async with call.work() as work:
        mine = await work.cases.find(CaseFilter(owner=call.actor.id), limit=MOST)
        going = [case for case in mine if may_go(case, receiver) and sees(receiver, case)]
        if not going:
            raise NothingToHandOver(to, len(mine))
        # One clock for all of them, that of the most urgent one.
        until = min(person_clock(call.policy, to, case).ends(call.now) for case in going)
        numbers = tuple(case.id for case in going)
        for case in going:
            case = hand_over(
                case,
                receiver,
                note,
                by=call.actor,
                at=call.now,
                until=until,
                cases=numbers,
                lease=lease_for(call.policy, case),
            )
            await work.cases.save(case)
    return Reply.say(sentence_card(_offered(call, to, going, len(mine) - len(going), until)))


@routes.verb("acceptall", usage="acceptall [person]", group="hand over")
async def accept_all(call: Call, giver: PersonId | None) -> Reply:
    """Take over everything that a colleague hands over to you."""
    async with call.work() as work:
        waiting = await _waiting(work, call.actor, giver)
        for case in waiting:
            case = accept_handover(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
            await work.cases.save(case)
    return _answered(waiting, "yours now")


@routes.verb("declineall", usage="declineall [person] [reason...]", group="hand over")
async def decline_all(call: Call, giver: PersonId | None, reason: str) -> Reply:
    """Take over nothing of what a colleague hands over to you; who asked is told."""
    async with call.work() as work:
        waiting = await _waiting(work, call.actor, giver)
        for case in waiting:
            await work.cases.save(declined(call, case, reason))
    return _answered(waiting, "declined")


@routes.timer("handover")
async def watch_handover(call: Call) -> None:
    """What nobody answered goes back to who gave it, or past their hours to the duty person."""
    async with call.work() as work:
        case = await work.cases.get(case_of(call))
        duty = past_hours(call.policy, case, call.now)
        lease = lease_for(call.policy, case)
        await work.cases.save(expire_handover(case, at=call.now, lease=lease, past_hours=duty))


@routes.view("handover")
async def handover(look: Look, subject: str) -> Shown:
    """For the receiver: `giver|receiver|when|cases`. Only an edit once all of it is answered."""
    giver, to, at, numbers = _parts(subject)
    async with look.work_of_the_desk() as work:
        found = [await work.cases.get(number) for number in numbers]
        found = [case for case in found if look.actor is None or sees(look.actor, case)]
        rows = [await _row(work, case, to, at, look.names) for case in found[:_SHOWN]]
    asked = next((case.handover for case in found if _is(case, to, at)), None)
    hidden = sum(_is(case, to, at) for case in found[_SHOWN:])
    view = HandoverView(
        giver=giver,
        giver_name=look.names.person(giver),
        until=look.names.moment(asked.until) if asked else "",
        note=asked.note if asked else "",
        rows=tuple(rows),
        more=hidden,
    )
    return Shown(card=handover_card(view), only_edit=asked is None)


@routes.view("handed")
async def handed(look: Look, subject: str) -> Card:
    """For who gave, and who got back: what became of each case so far."""
    giver, to, at, numbers = _parts(subject)
    rows: list[tuple[int, str]] = []
    async with look.work_of_the_desk() as work:
        for number in numbers:
            case = await work.cases.get(number)
            answer = await _answer(work, case, at, look.names)
            if answer:
                rows.append((number, answer))
    own = look.place.person in (None, giver)
    heading = HEADING.format(to=look.names.person(to))
    if not own:
        heading = RECEIVED.format(giver=look.names.person(giver), to=look.names.person(to))
    return handed_card(heading, tuple(rows))


# -- parts ------------------------------------------------------------------------------------------


def _receiver(call: Call, to: PersonId) -> Actor:
    known = call.policy.people[to]
    if to == call.actor.id:
        raise ToYourself
    absence = call.policy.absences.of(to, call.now)
    if absence is not None:
        cover = standing(call.policy, to, call.now)
        raise IsAway(to, absence.until, cover if cover != call.actor.id else None, "handover")
    return actor_of(call.policy, known, call.now)


def _offered(call: Call, to: PersonId, going: Sequence[Case], left: int, until: datetime) -> str:
    names, department = call.names, going[0].department
    warning = off_hours(call.policy, to, department, names)
    return OFFERED.format(
        to=names.person(to),
        cases=count(len(going), "case"),
        until=names.moment(until),
        stay="it stays" if len(going) == 1 else "they stay",
        left=LEFT.format(cases=count(left, "claim is", "claims are"), to=names.person(to)) if left else "",
        warning=f" {warning}" if warning else "",
    )


async def _waiting(work: Work, actor: Actor, giver: PersonId | None) -> list[Case]:
    """What this person is asked to take over. Raises NothingHandedOver."""
    asked = await work.cases.find(CaseFilter(handed_to=(actor.id, *actor.covers)), limit=MOST)
    found = [case for case in asked if asks(case, actor) and giver in (None, case.owner)]
    if not found:
        raise NothingHandedOver(giver)
    return found


def _answered(cases: Sequence[Case], what: str) -> Reply:
    numbers = joined(tuple(str(case.id) for case in cases[:_SHOWN]))
    more = len(cases) - _SHOWN
    said = f"{numbers} and {more} more" if more > 0 else numbers
    are = "is" if len(cases) == 1 else "are"
    return Reply.say(sentence_card(ANSWERED.format(cases=said, what=f"{are} {what}"), words=("list mine",)))


def _parts(subject: str) -> tuple[PersonId, PersonId, datetime, tuple[int, ...]]:
    giver, to, at, numbers = subject.split("|")
    cases = tuple(int(number) for number in numbers.split(","))
    return PersonId(giver), PersonId(to), datetime.fromisoformat(at), cases


def _is(case: Case, to: PersonId, at: datetime) -> bool:
    """Whether this very handover still waits."""
    return case.handover is not None and case.handover.to == to and case.handover.asked_at == at


async def _row(work: Work, case: Case, to: PersonId, at: datetime, names: Spoken) -> HandedRow:
    if not _is(case, to, at):
        answer = await _answer(work, case, at, names)
        return HandedRow(number=case.id, priority=case.priority.value, answer=answer or WITHDRAWN)
    newest = await work.mentions.of(case.id, limit=1)
    history = await work.cases.history(case.id, limit=_READ)
    note = next((e for e in history if e.kind is Kind.NOTED and e.by == case.owner), None)
    return HandedRow(
        number=case.id,
        priority=case.priority.value,
        said=newest[0].text if newest else "",
        due="" if case.waiting else f"due {names.due(next_due(case))}",
        note=str(note.data.get("text") or "") if note else "",
    )


async def _answer(work: Work, case: Case, at: datetime, names: Spoken) -> str:
    """How this handover of the case ended; blank while it waits."""
    history = await work.cases.history(case.id, limit=_READ)
    since = [event for event in reversed(history) if event.at >= at]
    event = next((event for event in since if event.kind in _ANSWERS), None)
    return _ended(event, names) if event else ""


def _ended(event: Event, names: Spoken) -> str:
    who, reason = names.person(event.by), str(event.data.get("reason") or "")
    duty = event.data.get("duty")
    moved = TO_DUTY.format(who=names.person(PersonId(str(duty)))) if duty else ""
    match event.kind:
        case Kind.HANDOVER_ACCEPTED:
            return TAKEN.format(who=who)
        case Kind.HANDOVER_DECLINED:
            return KEPT.format(who=who, why=f": {reason}" if reason else "") + moved
        case Kind.HANDOVER_EXPIRED:
            return LATE + moved
        case _:
            return WITHDRAWN
