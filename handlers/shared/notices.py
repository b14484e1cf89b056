"""What somebody is told apart from the card: notices, and notes below a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.cards.history import YOU, event_sentence
from bot.cards.note import NoteView, note_card
from bot.cards.notice import NoticeView, notice_card
from bot.cards.restricted import restricted_card
from bot.cards.words import sentence_card
from bot.domain.case import Case
from bot.domain.digests.mute import Told, muted
from bot.domain.events import Event, Kind
from bot.domain.people import PersonId, Role
from bot.domain.refusals import Names
from bot.domain.sight_refusals import Restricted
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.router import Look, Routes, Shown
from handlers.shared.reading import case_view, note_as_it_stands

_GONE = "This was about case {number}, and is told no more."
_PLAIN = frozenset(
    {Kind.ACCEPTED, Kind.ASSIGNED, Kind.LAPSED, Kind.OFFER_WITHDRAWN, Kind.RELEASED, Kind.UNDELIVERED}
)
"""Kinds whose sentences hold names and reasons of the desk alone."""
_PHONE = "Phone"
_EMAIL = "E-mail"

routes = Routes()


@dataclass(frozen=True, slots=True)
class _ToYou:
    """The names, with "you" for who reads."""

    names: Spoken
    reader: str

    def person(self, person: PersonId) -> str:
        return YOU if person == self.reader else self.names.person(person)

    def department(self, department: str) -> str:
        return self.names.department(department)

    def moment(self, at: datetime) -> str:
        return self.names.moment(at)

    def who_may(self, roles: Iterable[Role], department: str | None) -> str:
        return self.names.who_may(roles, department)


@routes.view("notice")
async def notice(look: Look, subject: str) -> Shown:
    """The notice `case:event:recipient`. Only an edit once it asks for nothing any more."""
    number, seq, recipient = subject.split(":", 2)
    try:
        return await _told(look, number, seq, recipient)
    except Restricted as hidden:
        return await _hidden(look, hidden, int(seq), recipient)


async def _told(look: Look, number: str, seq: str, recipient: str) -> Shown:
    async with look.work() as work:
        case = await work.cases.get(int(number))
        event = await work.cases.event(case.id, int(seq))
        if event is not None and event.kind is Kind.NOTED:
            event = await note_as_it_stands(work, case, event.seq)
        view = await case_view(work, look, case)
        mutes = await work.mutes.of(PersonId(recipient))
    if event is None:
        return Shown(card=sentence_card(_GONE.format(number=case.id)), only_edit=True)
    past = _past(event, case)
    unwanted = event.kind is Kind.JOINED and muted(mutes, Told.JOINED, case.department)
    names: Names = _ToYou(look.names, recipient)
    told = NoticeView(
        case=view,
        kind=event.kind,
        sentence=event_sentence(event, names),
        past=past,
        contacts=_contacts(event, look.policy),
    )
    return Shown(card=notice_card(told), only_edit=past or unwanted)


async def _hidden(look: Look, hidden: Restricted, seq: int, recipient: str) -> Shown:
    """For who may not see the case: what happened to their part in it, where that says nothing of the customer."""
    async with look.work_of_the_desk() as work:
        event = await work.cases.event(hidden.case_id, seq)
    if event is None or event.kind not in _PLAIN:
        raise hidden
    said = event_sentence(event, _ToYou(look.names, recipient))
    card = restricted_card(hidden.case_id, look.names.department(hidden.department), said)
    return Shown(card=card)


@routes.view("note")
async def note(look: Look, subject: str) -> Shown:
    """The note `case:event` as it stands, for the thread below the case's card. Only an edit once it was taken back."""
    number, _, seq = subject.partition(":")
    async with look.work() as work:
        event = await note_as_it_stands(work, await work.cases.get(int(number)), int(seq))
    if event is None:
        return Shown(card=sentence_card(_GONE.format(number=number)), only_edit=True)
    gone = event.kind is Kind.NOTE_WITHDRAWN
    view = NoteView(
        number=int(number),
        by=look.names.person(event.by),
        at=look.names.moment(event.at),
        text=None if gone else str(event.data.get("text") or ""),
        edited=bool(event.data.get("edited")),
        answers_for=look.names.department(str(event.data["for"])) if event.data.get("for") else "",
    )
    return Shown(card=note_card(view), only_edit=gone)


def _past(event: Event, case: Case) -> bool:
    """Whether what the notice asks for was done or overtaken, so that it would only disturb."""
    match event.kind:
        case Kind.LEASE_WARNED:
            return case.lease is None or not case.lease.warned or case.owner != event.data.get("owner")
        case Kind.OFFERED | Kind.OFFER_HALFWAY:
            return case.offer is None or case.offer.to != event.data.get("to")
        case Kind.CONSULTED:
            return all(asked.event != event.seq for asked in case.consults)
        case Kind.SLA_WARNED:
            return case.closed or (
                event.data.get("clock") == "first" and case.service.responded_at is not None
            )
        case Kind.ESCALATION_EXHAUSTED:
            return not case.escalating
        case Kind.NOTE_WITHDRAWN:
            return True
        case _:
            return False


def _contacts(event: Event, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Other ways to reach who could not be reached."""
    person = policy.people.get(PersonId(str(event.data.get("person") or "")))
    if event.kind is not Kind.UNDELIVERED or person is None:
        return ()
    phone = ((_PHONE, person.phone),) if person.phone else ()
    return (*phone, (_EMAIL, person.id))
