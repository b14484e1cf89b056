"""What the web chat asks while somebody types or searches: cases, with the customer's words beside each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.cards.list import CaseRow
from bot.domain.case import Case
from bot.domain.parts import State
from bot.domain.refusals import NoSuchCase
from bot.domain.roles import Actor
from bot.domain.sight import sees
from bot.domain.sight_refusals import Restricted
from bot.ports import CaseFilter, Work
from bot.router import Look
from handlers.look.rows import case_rows
from handlers.shared.rights import communities_of, departments_of

MOST: Final = 8
_SCANNED: Final = 50
_STILL_OPEN: Final = (State.OPEN, State.CLAIMED)
_CLOSED: Final = (State.RESOLVED, State.DISMISSED)
_CLAIMING: Final = frozenset({"claim", "assign", "handoff", "escalate", "priority", "show"})
_ANSWERING: Final = frozenset({"accept", "decline"})
_REOPENING: Final = frozenset({"reopen", "undo"})


def may_see(actor: Actor | None, case: Case) -> bool:
    """Whether this reader may read the case at all: the one place that the web chat asks about sight."""
    return actor is not None and actor.may("show", None, case.community) and sees(actor, case)


async def suggested_cases(look: Look, verb: str, typed: str) -> Sequence[CaseRow]:
    """The cases that `verb` may mean: by the beginning of their number, or by words of their posts.

    The reader's own come first, then what their departments are offered, then what nobody there has; for words of
    claiming the free ones come before their own. Closed cases only where the verb is about them, or by their number.
    """
    async with look.work() as work:
        if typed.isdecimal() or not typed:
            known = await _candidates(work, look, verb)
            found = [case for case in known if str(case.id).startswith(typed)]
            if typed and not any(case.id == int(typed) for case in found):
                found = [*found, *await _numbered(work, int(typed[:9]))]
        else:
            every = CaseFilter(states=_STILL_OPEN, text=typed, communities=communities_of(look.actor))
            found = list(await work.cases.find(every, limit=_SCANNED))
        return await _told(work, look, found, MOST)


async def searched_cases(look: Look, words: str, limit: int = 10) -> Sequence[CaseRow]:
    """The cases whose posts hold all of the words, open ones first."""
    every = CaseFilter(states=_STILL_OPEN, text=words, communities=communities_of(look.actor))
    async with look.work() as work:
        found = list(await work.cases.find(every, limit=_SCANNED))
        found += await work.cases.find(replace(every, states=_CLOSED), limit=_SCANNED)
        if words.isdecimal():
            found = [*await _numbered(work, int(words[:9])), *found]
        return await _told(work, look, found, limit)


async def seen_cases(look: Look, numbers: Collection[int]) -> frozenset[int]:
    """Those of the cases that the reader may see."""
    async with look.work() as work:
        cases = [case for number in sorted(set(numbers)) for case in await _numbered(work, number)]
    return frozenset(case.id for case in cases if may_see(look.actor, case))


async def _candidates(work: Work, look: Look, verb: str) -> Sequence[Case]:
    actor = look.actor
    where = departments_of(look.policy, actor)
    limited = communities_of(actor)
    if verb in _REOPENING:
        closed = CaseFilter(departments=where, communities=limited, states=_CLOSED)
        return await work.cases.find(closed, limit=_SCANNED)
    mine = await work.cases.find(CaseFilter(owner=actor.id if actor else None), limit=_SCANNED)
    offered = await work.cases.find(CaseFilter(offered_to=where, communities=limited), limit=_SCANNED)
    free = CaseFilter(departments=where, communities=limited, states=(State.OPEN,), awake_at=look.now)
    unclaimed = await work.cases.find(free, limit=_SCANNED)
    if verb in _ANSWERING:
        return offered
    first = (unclaimed, mine, offered) if verb in _CLAIMING else (mine, offered, unclaimed)
    others = await work.cases.find(CaseFilter(departments=where, communities=limited), limit=_SCANNED)
    # Who has a case need not claim it.
    own = {case.id for case in mine} if verb == "claim" else frozenset()
    return [case for case in _once(c for cases in (*first, others) for c in cases) if case.id not in own]


async def _numbered(work: Work, number: int) -> Sequence[Case]:
    try:
        return (await work.cases.get(number),)
    except (NoSuchCase, Restricted):
        return ()


async def _told(work: Work, look: Look, cases: Iterable[Case], limit: int) -> Sequence[CaseRow]:
    shown = [case for case in _once(cases) if may_see(look.actor, case)][:limit]
    return await case_rows(work, look, shown)


def _once(cases: Iterable[Case]) -> Sequence[Case]:
    return tuple({case.id: case for case in cases}.values())
