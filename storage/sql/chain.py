"""Events in a hash chain per subject.

Each event's personal part is hashed with its own salt into a digest, and the chain runs over the digests. So the
personal part and its salt can be erased, and the chain still proves that no event was changed, added or removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from bot.domain.events import Event, Kind
from bot.domain.people import PersonId
from storage.sql.moments import micros
from storage.sql.tables import EventRow

EVENTS: Any = EventRow.__table__  # type: ignore[attr-defined]
START: Final = bytes(32)
"""The hash before the first event."""

_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode


def append(
    connection: Connection, subject: str, events: Sequence[Event], *, place: str, salts: Sequence[bytes]
) -> None:
    """Adds the events behind the subject's last one. A clash of numbers surfaces as an IntegrityError: stale."""
    seq = events[0].seq - 1
    last = connection.execute(_HASH, {"subject": subject, "seq": seq}).scalar() if seq else None
    before = last if last is not None else START
    rows = []
    for event, salt in zip(events, salts, strict=True):
        data = _ENCODE(event.data).decode()
        digest = personal_digest(salt, event.by, place, data)
        before = link_hash(before, subject, event.seq, event.kind, event.department, micros(event.at), digest)
        rows.append(
            {
                "subject": subject,
                "seq": event.seq,
                "kind": event.kind.value,
                "department": event.department,
                "at": event.at,
                "actor": event.by,
                "place": place,
                "data": data,
                "salt": salt,
                "digest": digest,
                "hash": before,
            }
        )
    connection.execute(_APPEND, rows)


_HASH: Final = select(EVENTS.c.hash).where(
    EVENTS.c.subject == bindparam("subject"), EVENTS.c.seq == bindparam("seq")
)
_APPEND: Final = insert(EVENTS)


def personal_digest(salt: bytes, actor: str, place: str, data: str) -> bytes:
    """What stands for the erasable part."""
    return hashlib.sha256(salt + _ENCODE([actor, place, data])).digest()


def link_hash(
    before: bytes, subject: str, seq: int, kind: str, department: str, at: int, digest: bytes
) -> bytes:
    """The chain's next hash, over what is never erased."""
    return hashlib.sha256(before + _ENCODE([subject, seq, kind, department, at]) + digest).digest()


def broken_at(connection: Connection, subject: str, *, length: int | None = None) -> int | None:
    """The number of the first event that does not fit the chain; None when all do.

    With `length` the chain has to end at that number: a chain cannot know by itself that its end was cut off.
    """
    before, expected = START, 1
    rows = connection.execute(select(EVENTS).where(EVENTS.c.subject == subject).order_by(EVENTS.c.seq))
    for row in rows:
        before = link_hash(before, subject, row.seq, row.kind, row.department, micros(row.at), row.digest)
        if row.seq != expected or row.hash != before or not _fits(row):
            return expected
        expected += 1
    return expected if length is not None and length != expected - 1 else None


def _fits(row: Any) -> bool:
    """Whether the personal part is the one that was hashed, or erased as a whole."""
    if row.salt is None:
        return row.actor is None and row.place is None and row.data is None
    return bool(personal_digest(row.salt, row.actor, row.place, row.data) == row.digest)


def as_event(row: Any) -> Event:
    return Event(
        kind=Kind(row.kind),
        at=row.at,
        by=PersonId(row.actor or "erased"),
        department=row.department,
        data=msgspec.json.decode(row.data) if row.data is not None else {},
        place=row.place or "",
        seq=row.seq,
    )
