"""A page, as the person who was paged sees it; once answered it is only corrected, never sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.cards.page import PageView, page_card
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.parts import Escalation, Page
from bot.domain.people import PersonId
from bot.policy.names import Spoken
from bot.router import Look, Routes, Shown
from handlers.shared.alarms import paged_words
from handlers.shared.clocks import next_due
from handlers.shared.reading import case_view

_HOW: Final = {
    Kind.CLAIMED: "claimed",
    Kind.TAKEN: "taken over",
    Kind.ASSIGNED: "assigned",
    Kind.ACCEPTED: "accepted by the other department",
    Kind.NOTED: "noted",
    Kind.WAITING: "set waiting",
    Kind.RESOLVED: "resolved",
    Kind.DISMISSED: "dismissed",
    Kind.MERGED_INTO: "merged into another case",
}
"""How an escalation ends, by the act that ended it."""

_OVER: Final = "It is over: another page took its place."
_READ: Final = 50

routes = Routes()


@routes.view("page")
async def page(look: Look, subject: str) -> Shown:
    """The page `case:start of the escalation:number`. Only an edit once it was answered or its escalation is over."""
    number, *started, which = subject.split(":")
    async with look.work() as work:
        case = await work.cases.get(int(number))
        view = await case_view(work, look, case)
        history = await work.cases.history(case.id, limit=_READ)
    escalation, found = case.escalation, _page(case, started, int(which), look.place.person)
    if escalation is None or found is None:
        why, ended = _past(history, started, int(which), look.names)
        gone = PageView(
            number=case.id, department=view.department, priority=view.priority, why=why, by="", answered=ended
        )
        return Shown(card=page_card(gone), only_edit=True)
    answered = _answered(escalation, history, look.names)
    return Shown(
        card=page_card(
            PageView(
                number=case.id,
                department=view.department,
                priority=view.priority,
                why=escalation.why,
                by=look.names.person(escalation.by),
                mention=view.mention,
                mentions=case.mentions,
                owner=view.owner,
                before=_before(escalation, found, look.names),
                instead_of=look.names.person(found.instead_of) if found.instead_of else "",
                due=look.names.moment(next_due(case)),
                answered=answered,
                can_pass=escalation.climb_at is not None,
            )
        ),
        only_edit=bool(answered),
    )


def _page(case: Case, started: Sequence[str], number: int, person: PersonId | None) -> Page | None:
    """This person's page of that number, if its escalation is the case's last one: numbers begin anew with each."""
    escalation = case.escalation
    if escalation is None or (started and int(started[0]) != int(escalation.started_at.timestamp())):
        return None
    found = next((page for page in escalation.pages if page.number == number), None)
    return found if found and person in (None, found.person) else None


def _past(history: Sequence[Event], started: Sequence[str], number: int, names: Spoken) -> tuple[str, str]:
    """Why the page of an earlier escalation came, and how that ended, as far as the history reaches."""
    start = int(started[0]) if started else 0
    if not start or not history or (history[-1].seq > 1 and history[-1].at.timestamp() >= start):
        return "", _OVER
    since = [event for event in reversed(history) if event.at.timestamp() >= start]
    paged = next((e for e in since if e.kind is Kind.PAGED and e.data.get("number") == number), None)
    over = next((event for event in since if event.kind is Kind.ESCALATION_OVER), None)
    why = str(paged.data.get("why") or "") if paged else ""
    return why, _ended(over.by, over.at, history, names) if over else _OVER


def _before(escalation: Escalation, page: Page, names: Spoken) -> str:
    return paged_words([each for each in escalation.pages if each.at < page.at], names)


def _answered(escalation: Escalation, history: Sequence[Event], names: Spoken) -> str:
    if escalation.over_at is not None and escalation.over_by is not None:
        return _ended(escalation.over_by, escalation.over_at, history, names)
    if escalation.acked_by is not None and escalation.acked_at is not None:
        who, at = names.person(escalation.acked_by), names.moment(escalation.acked_at)
        return f"Answered by {who} at {at} (acknowledged)"
    return ""


def _ended(by: PersonId, at: datetime, history: Sequence[Event], names: Spoken) -> str:
    how = _how(history, at)
    return f"Answered by {names.person(by)} at {names.moment(at)}{f' ({how})' if how else ''}"


def _how(history: Sequence[Event], over_at: datetime) -> str:
    """The act that left with the same save as the end."""
    return next((_HOW[event.kind] for event in history if event.at == over_at and event.kind in _HOW), "")
