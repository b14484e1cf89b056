"""`freeze` and `thaw`: publishing stops for the company, a community or one case, and goes on again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards.card import Card
from bot.cards.frozen import FrozenRow, frozen_card
from bot.domain.alarms.freeze import ALL, Freeze, case_in, community_in, of_case
from bot.domain.alarms.freeze_refusals import (
    FreezeWhat,
    FrozenAlready,
    MayNotFreeze,
    NotFrozen,
    WhyFreeze,
)
from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.sight import sees
from bot.effects import card_put
from bot.policy.duty import leads
from bot.policy.places import channels
from bot.ports import Put, Rank, Work
from bot.router import Call, Look, Reply, Routes
from handlers.shared.sentence import TOLD, said_in, tell
from handlers.shared.timers import said
from handlers.urgent.frozen import banner, concerned, may, typed, what_of

FREEZE, THAW = "freeze", "thaw"
BATCH: Final = 200
"""How many cards of a community are corrected at once; the next ones follow."""

_FROZE: Final = (
    "{who} froze publishing for {what}: {why} Drafts are kept; `thaw {said}` lets replies go out again."
)
_THAWED: Final = "{who} allowed publishing for {what} again{why}"
_CARDS: Final = "frozen_cards"

routes = Routes()


@routes.verb(FREEZE, usage="freeze [scope] [why...]", group="urgent")
async def freeze(call: Call, scope: str | None, why: str) -> Reply:
    """Stop publishing for a case, a community or all, saying why; alone it shows what is frozen."""
    scope = scope or (_here(call) if why else None)
    if scope is None:
        if why:
            raise FreezeWhat(FREEZE, call.policy.communities)
        call.actor.must("who", None)
        return Reply.show("frozen")
    async with call.work() as work:
        case = await _allowed(call, work, scope, FREEZE)
        what = what_of(scope, call.policy)
        if not why:
            raise WhyFreeze(what, typed(scope))
        known = await work.freezes.of(scope)
        if known is not None:
            raise FrozenAlready(what, typed(scope), known)
        await work.freezes.freeze(Freeze(scope=scope, by=call.actor.id, at=call.now, why=why))
        await _follows(call, work, scope, case, Kind.FROZEN, why)
    return _shown(scope)


@routes.verb(THAW, usage="thaw [scope] [why...]", group="urgent")
async def thaw(call: Call, scope: str | None, why: str) -> Reply:
    """Let publishing go on for a case, a community or all; alone it shows what is frozen."""
    scope = scope or _here(call)
    if scope is None:
        if why:
            raise FreezeWhat(THAW, call.policy.communities)
        call.actor.must("who", None)
        return Reply.show("frozen")
    async with call.work() as work:
        case = await _allowed(call, work, scope, THAW)
        known = await work.freezes.of(scope)
        if known is None:
            wider = await _wider(work, scope, case)
            stops = (what_of(wider.scope, call.policy), typed(wider.scope)) if wider else None
            raise NotFrozen(what_of(scope, call.policy), typed(scope), stops)
        await work.freezes.thaw(known, by=call.actor.id, at=call.now, why=why)
        await _follows(call, work, scope, case, Kind.THAWED, why)
    return _shown(scope)


@routes.view("frozen")
async def frozen(look: Look, subject: str) -> Card:
    """What is frozen now, with the way to thaw it for who may."""
    actor, rows = look.actor, []
    async with look.work_of_the_desk() as work:
        for each in await work.freezes.every():
            number = case_in(each.scope)
            case = await work.cases.get(number) if number is not None else None
            if case is not None and (actor is None or not sees(actor, case)):
                continue
            allowed = actor is not None and may(actor, each.scope, case, look.policy)
            rows.append(
                FrozenRow(sentence=banner(each, look.names), thaw=typed(each.scope) if allowed else "")
            )
    everything = actor is not None and may(actor, ALL, None, look.policy)
    return frozen_card(tuple(rows), may_freeze_all=everything)


@routes.timer(_CARDS)
async def correct_cards(call: Call) -> None:
    """The open cards concerned are shown anew, a batch at a time and behind everything else."""
    scope, after = said(call, "scope"), int((call.job.args.get("after") if call.job else 0) or 0)
    async with call.work() as work:
        cases = await work.freezes.concerned(scope, after=after, limit=BATCH)
        for case in cases:
            for department in case.seen_in:
                for place in channels(call.policy, department):
                    work.jobs.put(card_put(case.id, place, call.now, Rank.EDIT))
        if len(cases) == BATCH:
            work.jobs.put(_correct(call, scope, cases[-1].id))


# -- what is frozen ---------------------------------------------------------------------------


def _here(call: Call) -> str | None:
    """In a case's thread that case is meant."""
    return of_case(call.place.case_id) if call.place.case_id is not None else None


async def _allowed(call: Call, work: Work, scope: str, verb: str) -> Case | None:
    """The case, where one is meant. Raises NoSuchCase, MayNotFreeze."""
    number = case_in(scope)
    case = await work.cases.get(number) if number is not None else None
    if not may(call.actor, scope, case, call.policy):
        departments = concerned(scope, case, call.policy)
        raise MayNotFreeze(what_of(scope, call.policy), typed(scope), verb, departments)
    return case


async def _wider(work: Work, scope: str, case: Case | None) -> Freeze | None:
    if case is not None:
        return await work.freezes.standing(case)
    return await work.freezes.of(ALL) if scope != ALL else None


def _shown(scope: str) -> Reply:
    number, community = case_in(scope), community_in(scope)
    if number is not None:
        return Reply.show("case", number)
    return Reply.show("who", community) if community is not None else Reply.show("frozen")


# -- who hears of it -----------------------------------------------------------------------------


async def _follows(call: Call, work: Work, scope: str, case: Case | None, kind: Kind, why: str) -> None:
    """The case's own history and card, or the leads and channels concerned, and the open cards one after the other."""
    if case is not None:
        await work.cases.save(record(case, kind, call.actor, call.now, why=why))
    else:
        work.jobs.put(_correct(call, scope, 0))
    sentence = _sentence(call, scope, kind, why)
    key = f"{scope}:{kind.value}:{int(call.now.timestamp())}"
    for put in _words(call, scope, case, sentence, key, calm=kind is Kind.THAWED):
        work.jobs.put(put)


def _words(
    call: Call, scope: str, case: Case | None, sentence: str, key: str, *, calm: bool
) -> Iterator[Put]:
    departments = concerned(scope, case, call.policy) or tuple(call.policy.departments)
    told: dict[PersonId, None] = {}
    for department in departments:
        told |= dict.fromkeys(leads(call.policy, department, call.now))
        if case is None:
            for place in channels(call.policy, department):
                yield said_in(place, sentence, key=f"{TOLD}{key}@{place}", at=call.now, calm=calm)
    owner = case.owner if case else None
    for person in told:
        # The owner has the case's own notice.
        if person not in (call.actor.id, owner):
            yield tell(person, sentence, key=f"{TOLD}{key}:{person}", at=call.now, calm=calm)


def _sentence(call: Call, scope: str, kind: Kind, why: str) -> str:
    what = what_of(scope, call.policy)
    if kind is Kind.FROZEN:
        return _FROZE.format(who=call.actor.name, what=what, why=_stopped(why), said=typed(scope))
    return _THAWED.format(who=call.actor.name, what=what, why=f": {_stopped(why)}" if why else ".")


def _stopped(why: str) -> str:
    return why if why.endswith((".", "!", "?", "…")) else f"{why}."


def _correct(call: Call, scope: str, after: int) -> Put:
    key = f"{_CARDS}:{scope}:{after}"
    return Put(kind=_CARDS, key=key, due=call.now, args={"scope": scope, "after": after})
