"""A page, as the person who was paged sees it; once answered it is only corrected, never sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.cards.page import PageView, page_card
from bot.domain.case import Case, Escalation, Page
from bot.domain.events import Event, Kind
from bot.domain.people import PersonId
from bot.policy.names import Spoken
from bot.router import Look, Routes, Shown
from handlers.reading import case_view, next_due, paged_words

_HOW: Final = {
    Kind.CLAIMED: "claimed",
    Kind.TAKEN: "taken over",
    Kind.ASSIGNED: "assigned",
    Kind.ACCEPTED: "accepted by the other department",
    Kind.NOTED: "noted",
    Kind.WAITING: "set waiting",
    Kind.RESOLVED: "resolved",
    Kind.DISMISSED: "dismissed",
}
"""How an escalation ends, by the act that ended it."""

_OVER: Final = "It is over: another page took its place."
_READ: Final = 50

routes = Routes()


@routes.view("page")
async def page(look: Look, subject: str) -> Shown:
    """The page `case:number`. Only an edit once it was answered, is over, or was replaced by another."""
    number, _, which = subject.partition(":")
    async with look.work() as work:
        case = await work.cases.get(int(number))
        view = await case_view(work, look, case)
        history = await work.cases.history(case.id, limit=_READ)
    escalation, found = case.escalation, _page(case, int(which), look.place.person)
    answered = _answered(escalation, history, look.names) if escalation and found else _OVER
    return Shown(
        card=page_card(
            PageView(
                number=case.id,
                department=view.department,
                priority=view.priority,
                why=escalation.why if escalation else "",
                by=look.names.person(escalation.by) if escalation else "",
                mention=view.mention,
                mentions=case.mentions,
                owner=view.owner,
                before=_before(escalation, found, look.names) if escalation and found else "",
                due=look.names.moment(next_due(case)),
                answered=answered,
                can_pass=escalation is not None and escalation.climb_at is not None,
            )
        ),
        only_edit=bool(answered),
    )


def _page(case: Case, number: int, person: PersonId | None) -> Page | None:
    """The page of that number, if it is this person's: numbers begin anew with every escalation."""
    pages = case.escalation.pages if case.escalation else ()
    found = next((page for page in pages if page.number == number), None)
    return found if found and person in (None, found.person) else None


def _before(escalation: Escalation, page: Page, names: Spoken) -> str:
    return paged_words([each for each in escalation.pages if each.at < page.at], names)


def _answered(escalation: Escalation, history: Sequence[Event], names: Spoken) -> str:
    if escalation.over_at is not None and escalation.over_by is not None:
        how = _how(history, escalation.over_at)
        who, at = names.person(escalation.over_by), names.moment(escalation.over_at)
        return f"Answered by {who} at {at}{f' ({how})' if how else ''}"
    if escalation.acked_by is not None and escalation.acked_at is not None:
        who, at = names.person(escalation.acked_by), names.moment(escalation.acked_at)
        return f"Answered by {who} at {at} (acknowledged)"
    return ""


def _how(history: Sequence[Event], over_at: datetime) -> str:
    """The act that left with the same save as the end."""
    return next((_HOW[event.kind] for event in history if event.at == over_at and event.kind in _HOW), "")
