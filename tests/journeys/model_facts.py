"""The facts of one moment: read from the database and from what stands in the chat, never asked of the desk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from bot.cards.card import Card
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from storage.sql import chain
from storage.sql.codec import decode_card, decode_case
from storage.sql.moments import micros, moment
from tests.desk import text_of
from tests.journeys.model_people import Away

_CASES: Final = text("SELECT body FROM cases ORDER BY id")
_EVENTS: Final = text(
    "SELECT seq, kind, at, actor, department, data FROM events WHERE subject = :subject ORDER BY seq"
)
_TIMERS: Final = text("SELECT key, kind, due, failures FROM jobs WHERE lane IS NULL")
_ASIDE: Final = text("SELECT key FROM jobs WHERE set_aside IS NOT NULL")
_LATE: Final = text(
    """SELECT key FROM jobs WHERE lane IS NOT NULL AND due <= :now
    UNION SELECT key FROM messages WHERE state = 'sending'"""
)
_SOON: Final = text("SELECT key FROM jobs WHERE lane IS NOT NULL AND due > :now AND due <= :soon")
_POSTS: Final = text("SELECT id, external_id, case_id, set_aside, text, bio, followers FROM mentions")
_AWAY: Final = text("SELECT person, cover, cover_until, until FROM absences")
_SAID: Final = text(
    """SELECT w.id, m.key, w.conversation, w.at, w.edited_at, w.card, w.change, w.deleted
    FROM web_messages w JOIN messages m ON m.nonce = w.nonce WHERE w.change > :after"""
)


_SURGE_EDITS: Final = timedelta(seconds=5)
"""So long the desk's own edits of a surge's card may wait for one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    key: str
    kind: str
    due: datetime
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A mention as it is stored."""

    id: int
    external_id: str
    case_id: int | None
    set_aside: str | None
    text: str
    bio: str
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What Baton said in a conversation, as it stands there."""

    key: str
    conversation: str
    at: datetime
    edited_at: datetime | None
    card: Card
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The desk at one moment. `settled`: everything due was done. `gone`: people whom the policy does not know any more,
    or did not for a while. `cards` are looked at for cases that changed: (case, department) -> what its channel shows,
    and what it might show; None for what it may show to nobody there. `undone` says where an undo did not restore."""

    now: datetime
    settled: bool
    people: frozenset[str]
    gone: frozenset[str]
    cases: Mapping[int, Case]
    history: Mapping[int, Sequence[Event]]
    broken: Mapping[int, int | None]
    posts: Sequence[Post]
    timers: Sequence[Timer]
    away: tuple[Away, ...]
    set_aside: Sequence[str]
    late: Sequence[str]
    soon: Sequence[str]
    messages: Sequence[Message]
    cards: Mapping[tuple[int, str], tuple[Sequence[Card], Sequence[Card] | None]]

    def times_said(self, key: str) -> int:
        return sum(message.key == key for message in self.messages)

    def leader(self, case: Case) -> Case:
        """Who answers for it."""
        return self.cases[case.merged_into] if case.merged_into is not None else case


@dataclass(slots=True)
class Memory:
    """What was read before and cannot have changed since."""

    history: dict[int, list[Event]] = field(default_factory=dict)
    broken: dict[int, int | None] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    change: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What one snapshot of the database says."""

    cases: Mapping[int, Case]
    posts: Sequence[Post]
    timers: Sequence[Timer]
    away: tuple[Away, ...]
    set_aside: Sequence[str]
    late: Sequence[str]
    soon: Sequence[str]


def cases_in(db: Connection) -> dict[int, Case]:
    found = (decode_case(bytes(body)) for (body,) in db.execute(_CASES))
    return {case.id: case for case in found}


def away_in(db: Connection) -> tuple[Away, ...]:
    return tuple(
        Away(person=person, cover=cover, cover_until=_maybe(cover_until), until=_maybe(until))
        for person, cover, cover_until, until in db.execute(_AWAY)
    )


def events_in(db: Connection, case_id: int) -> list[Event]:
    rows = db.execute(_EVENTS, {"subject": f"case:{case_id}"})
    return [
        Event(kind=Kind(kind), at=moment(at), by=by, department=where, data=json.loads(data or "{}"), seq=seq)
        for seq, kind, at, by, where, data in rows
    ]


def rows_in(db: Connection, now: datetime, memory: Memory) -> Rows:
    """Everything at once; what is new in histories and in the chat goes to the memory."""
    cases = cases_in(db)
    for case in cases.values():
        if len(memory.history.get(case.id, ())) != case.seq or case.seq == 0:
            memory.history[case.id] = events_in(db, case.id)
            memory.broken[case.id] = chain.broken_at(db, f"case:{case.id}", length=case.seq)
    _hear(db, memory)
    return Rows(
        cases=cases,
        posts=[
            Post(
                id=id,
                external_id=of,
                case_id=case,
                set_aside=aside,
                text=said,
                bio=bio or "",
                followers=n or 0,
            )
            for id, of, case, aside, said, bio, n in db.execute(_POSTS)
        ],
        timers=[
            Timer(key=key, kind=kind, due=moment(due), failures=failures)
            for key, kind, due, failures in db.execute(_TIMERS)
        ],
        away=away_in(db),
        set_aside=[key for (key,) in db.execute(_ASIDE)],
        late=[key for (key,) in db.execute(_LATE, {"now": micros(now)})],
        soon=[key for (key,) in db.execute(_SOON, {"now": micros(now), "soon": micros(now + _SURGE_EDITS)})],
    )


def _hear(db: Connection, memory: Memory) -> None:
    for number, key, where, at, edited, card, change, deleted in db.execute(_SAID, {"after": memory.change}):
        memory.change = max(memory.change, change)
        if deleted or card is None:
            memory.messages.pop(number, None)
            continue
        shown = decode_card(bytes(card))
        memory.messages[number] = Message(
            key=key,
            conversation=where,
            at=moment(at),
            edited_at=_maybe(edited),
            card=shown,
            words=text_of(shown),
        )


def _maybe(value: Any) -> datetime | None:
    return None if value is None else moment(value)
