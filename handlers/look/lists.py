"""`next`, `list` and `search`: which case now, and which ones there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bot.cards.card import Card
from bot.cards.list import ListView, list_card
from bot.cards.phrases import COUNTED
from bot.domain.case import Case
from bot.domain.parts import State
from bot.domain.refusals import NothingToDo
from bot.domain.roles import Actor
from bot.policy.presence import speaks
from bot.ports import CaseFilter
from bot.router import Call, Look, Reply, Routes
from handlers.look.rows import case_rows
from handlers.shared.clocks import next_due
from handlers.shared.rights import communities_of, departments_of

PAGE: Final = 10
MINE, OPEN, STALE, ESCALATED = "mine", "open", "stale", "escalated"

_TITLES: Final = {
    MINE: "Your claims",
    OPEN: "Open cases",
    STALE: "Late cases",
    ESCALATED: "Escalated cases",
}
_EMPTY: Final = {
    MINE: "You have claimed nothing. “next” brings the most urgent case that nobody has.",
    OPEN: "Nothing is open here. Well done.",
    STALE: "Nothing is late.",
    ESCALATED: "No escalation is running.",
}
_NOT_FOUND: Final = "Nothing holds all of these words. Fewer words find more; closed cases are searched too."
_FOUND: Final = "Cases with “{words}”"
_TRY: Final = {
    MINE: ("next", "list open"),
    OPEN: ("list mine",),
    STALE: ("list open",),
    ESCALATED: ("list open",),
}
_CANDIDATES: Final = 20

routes = Routes()


@routes.verb("next", usage="next", group="see")
async def next_case(call: Call) -> Reply:
    """The most urgent case that you may claim or accept, first of those whose language you speak."""
    call.actor.must("claim", None)
    mine = tuple(name for name in call.policy.departments if call.actor.may("claim", name))
    async with call.work() as work:
        free = await work.cases.find(
            CaseFilter(departments=mine, states=(State.OPEN,), awake_at=call.now), limit=_CANDIDATES
        )
        offered = await work.cases.find(CaseFilter(offered_to=mine), limit=_CANDIDATES)
    waiting = [
        *(case for case in free if case.offer is None),
        *(c for c in offered if _acceptable(c, call.actor)),
    ]
    if not waiting:
        raise NothingToDo
    speaker = call.policy.people.get(call.actor.id)
    # What they cannot read comes last; the card says so, and who can.
    return Reply.show(
        "case",
        min(waiting, key=lambda case: (not speaks(speaker, case.language), case.priority, next_due(case))).id,
    )


@routes.verb("list", usage=f"list [{MINE}|{OPEN}|{STALE}|{ESCALATED}] [department] [page]", group="see")
async def list_cases(call: Call, what: str | None, department: str | None, page: str | None) -> Reply:
    """Cases, most urgent first: yours, open, late (stale) or escalated; in your departments or in one."""
    call.actor.must("list", None)
    return Reply.show("list", _Wanted(what or OPEN, department, _number(page)).words)


@routes.verb("search", usage="search <words...>", group="see")
async def search_cases(call: Call, words: str) -> Reply:
    """Cases whose posts hold all of these words; #refund finds what is tagged so, too."""
    call.actor.must("search", None)
    return Reply.show("search", words)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a list is of; `words` are its subject, and what brings this very page again."""

    what: str
    department: str | None = None
    page: int = 1

    @classmethod
    def read(cls, words: str) -> _Wanted:
        what, *rest = words.split()
        page = int(rest.pop()) if rest and rest[-1].isdecimal() else 1
        return cls(what, rest[0] if rest else None, page)

    @property
    def words(self) -> str:
        parts = (self.what, self.department or "", str(self.page) if self.page > 1 else "")
        return " ".join(part for part in parts if part)


@routes.view("list")
async def list_view(look: Look, subject: str) -> Card:
    """A page of cases. The subject is what, optionally a department, and a page number from the second on."""
    wanted = _Wanted.read(subject)
    which = _filter(look, wanted)
    async with look.work() as work:
        total = await work.cases.count(which, most=COUNTED)
        cases = await work.cases.find(which, limit=PAGE, offset=PAGE * (wanted.page - 1))
        rows = await case_rows(work, look, cases)
    where = f" · {look.names.department(wanted.department)}" if wanted.department else ""
    more = replace(wanted, page=wanted.page + 1).words
    return list_card(
        ListView(
            title=f"{_TITLES[wanted.what]}{where}",
            rows=rows,
            total=total,
            more=f"list {more}" if total > PAGE * wanted.page else "",
            empty=_EMPTY[wanted.what],
            try_next=() if rows else _TRY[wanted.what],
        )
    )


@routes.view("search")
async def search_view(look: Look, subject: str) -> Card:
    """The open cases whose posts hold the words, most urgent first, then the closed ones."""
    states = (State.OPEN, State.CLAIMED, State.RESOLVED, State.DISMISSED)
    every = CaseFilter(states=states, text=subject, communities=communities_of(look.actor))
    async with look.work() as work:
        cases = await work.cases.find(every, limit=PAGE)
        # Counting asks for all of it once more.
        full = len(cases) == PAGE
        total = await work.cases.count(every, most=COUNTED) if full else len(cases)
        rows = await case_rows(work, look, cases)
    return list_card(ListView(title=_FOUND.format(words=subject), rows=rows, total=total, empty=_NOT_FOUND))


def _filter(look: Look, wanted: _Wanted) -> CaseFilter:
    actor = look.actor
    mine = departments_of(look.policy, actor)
    which = CaseFilter(
        departments=(wanted.department,) if wanted.department else mine, communities=communities_of(actor)
    )
    if wanted.what == MINE:
        # What one answers for is shown wherever it is: a champion may hold a case of any department.
        return replace(
            which,
            owner=actor.id if actor else None,
            departments=which.departments if wanted.department else None,
        )
    if wanted.what == STALE:
        return replace(which, due_before=look.now)
    return replace(which, escalated=True) if wanted.what == ESCALATED else which


def _acceptable(case: Case, actor: Actor) -> bool:
    return case.offer is not None and actor.may("accept", case.offer.to, case.community)


def _number(page: str | None) -> int:
    return max(1, int(page)) if page and page.isdecimal() and len(page) < 6 else 1
