"""Notes: words for colleagues, never for the public. Their author may change them and take them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.alarms.escalation import work_was_done
from bot.domain.case import Case, authorise, record
from bot.domain.claim import renew
from bot.domain.events import Datum, Event, Kind
from bot.domain.roles import Actor
from bot.domain.shifts.questions import was_consulted
from bot.domain.terms import Terms

LATER: Final = frozenset({Kind.NOTE_CHANGED, Kind.NOTE_WITHDRAWN})
"""What may become of a note; each names by `of` the note's number in the case."""


def note(
    case: Case,
    text: str,
    *,
    by: Actor,
    at: datetime,
    lease: Terms,
    thread: str | None = None,
    message: str | None = None,
    answers: Mapping[str, Datum] | None = None,
) -> Case:
    """Words for colleagues. `thread` is the channel where they stand in the case's thread already; `message` is the
    platform's name of what was written, where it can be changed there; `answers` says which question it ends.

    Who was asked about the case may write notes on it from then on."""
    _authorise(case, by)
    said = _where(thread=thread, message=message)
    case = record(case, Kind.NOTED, by, at, text=text, **said, **(answers or {}))
    return work_was_done(renew(case, by, at, lease), by, at)


def change_note(case: Case, noted: Event, text: str, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """From now on the note says this; what it said stays in the audit alone. `noted` is the note as it stands.

    Unchanged when it says so already, or when somebody else wrote it. The owner's change renews the claim as the note
    did, but a corrected word is not the answer that an acknowledged page waits for.
    """
    if noted.by != by.id or noted.data.get("text") == text:
        return case
    _authorise(case, by)
    told = _told_of(case, noted)
    message = noted.data.get("message")
    said = _where(thread=noted.data.get("thread"), message=message, told=told)
    return renew(record(case, Kind.NOTE_CHANGED, by, at, of=noted.seq, text=text, **said), by, at, lease)


def withdraw_note(case: Case, noted: Event, *, by: Actor, at: datetime) -> Case:
    """Its author takes the note back, which needs no right any more: it is shown no longer. Nothing else changes."""
    if noted.by != by.id:
        return case
    said = _where(thread=noted.data.get("thread"), told=_told_of(case, noted))
    return record(case, Kind.NOTE_WITHDRAWN, by, at, of=noted.seq, **said)


def standing(history: Iterable[Event]) -> tuple[Event, ...]:
    """A history (newest first) with its notes as they stand: each once, with its newest words and `edited`.

    A note that was taken back is left out, and told by its withdrawal alone.
    """
    events = tuple(history)
    newest: dict[Datum, Event] = {}
    for event in events:
        if event.kind in LATER:
            newest.setdefault(event.data.get("of"), event)
    shown = frozenset(event.seq for event in events if event.kind is Kind.NOTED)
    stood = (_stands(event, newest, shown) for event in events)
    return tuple(event for event in stood if event is not None)


def note_said_by(history: Iterable[Event], message: str) -> Event | None:
    """The note that this message of a chat made, as it stands; None for any other, and once it was taken back."""
    made = (event for event in standing(history) if event.kind is Kind.NOTED)
    return next((event for event in made if event.data.get("message") == message), None)


def _stands(event: Event, newest: Mapping[Datum, Event], shown: frozenset[int]) -> Event | None:
    of = event.data.get("of")
    if event.kind is Kind.NOTED:
        last = newest.get(event.seq)
        if last is None:
            return event
        changed = {**event.data, "text": last.data.get("text"), "edited": True}
        return replace(event, data=changed) if last.kind is Kind.NOTE_CHANGED else None
    if event.kind not in LATER or of is None:
        return event
    if newest[of] is not event or (event.kind is Kind.NOTE_CHANGED and of in shown):
        return None
    return event


def _told_of(case: Case, noted: Event) -> str | None:
    """Who was told of the note when it was written: the owner, if the case is theirs since then."""
    return case.owner if case.claimed_at is not None and case.claimed_at <= noted.at else None


def _authorise(case: Case, by: Actor) -> None:
    if not was_consulted(case, by):
        authorise(case, by, "note")


def _where(**known: Datum) -> dict[str, Datum]:
    return {name: value for name, value in known.items() if value is not None}
