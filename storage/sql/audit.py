"""The audit: what people did with the records themselves, and the proof that nobody changed any of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Text, bindparam, cast, exists, func, literal, select

from bot.domain.events import Datum, Event, Kind
from bot.domain.people import PersonId
from storage.sql import chain
from storage.sql.cases import CASES
from storage.sql.chain import EVENTS
from storage.sql.puts import insert_into
from storage.sql.tables import CounterRow

REMOVED: Final = "event {at} is missing: somebody deleted or renumbered it"
CHANGED: Final = (
    'event {at} ("{kind}", {when:%Y-%m-%d %H:%M} UTC) is not what was recorded: somebody changed, moved or '
    "added it, or took away the one before it"
)
SHORTENED: Final = "events are missing at its end: {known} were recorded, {there} are there"
LONGER: Final = "there are {there} events, but only {known} were recorded: somebody added some at its end"
NO_CASE: Final = "its events are there, but the case itself was deleted"
UNREADABLE: Final = "the case's own record cannot be read: somebody changed it"

AUDIT: Final = "audit"
"""The chain of what was done with the records: exports and erasures."""

COUNTERS: Any = CounterRow.__table__  # type: ignore[attr-defined]
_LENGTH: Final = "chain:{subject}"
_CASE: Final = "case:"
_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One chain: how many events it has, and, where it is broken, at which and what that means."""

    subject: str
    events: int
    broken_at: int | None = None
    means: str = ""

    @property
    def case(self) -> int | None:
        """The case it is about; None for the desk's own chains."""
        return int(self.subject.removeprefix(_CASE)) if self.subject.startswith(_CASE) else None


class _Seq(msgspec.Struct):
    seq: int


_READ: Final = msgspec.json.Decoder(_Seq)


def verify(connection: Connection) -> Iterator[Verdict]:
    """Every chain of the desk, one after the other, also of cases whose events are all gone."""
    after = ""
    while page := connection.execute(_SUBJECTS, {"after": after}).all():
        for subject, count in page:
            yield _judged(connection, subject, count)
        after = page[-1].subject
    for row in connection.execute(_SILENT):
        yield _judged(connection, f"{_CASE}{row.id}", 0)


_SUBJECTS: Final = (
    select(EVENTS.c.subject, func.count().label("count"))
    .where(EVENTS.c.subject > bindparam("after"))
    .group_by(EVENTS.c.subject)
    .order_by(EVENTS.c.subject)
    .limit(_PAGE)
)
_SILENT: Final = select(CASES.c.id).where(
    ~exists().where(EVENTS.c.subject == literal(_CASE).concat(cast(CASES.c.id, Text)))
)
_KNOWN: Final = select(CASES.c.body).where(CASES.c.id == bindparam("this_case"))
_COUNTED: Final = select(COUNTERS.c.value).where(COUNTERS.c.name == bindparam("this_name"))
_ONE: Final = select(EVENTS.c.kind, EVENTS.c.at).where(
    EVENTS.c.subject == bindparam("this_subject"), EVENTS.c.seq == bindparam("this_seq")
)


def _judged(connection: Connection, subject: str, count: int) -> Verdict:
    found = Verdict(subject=subject, events=count)
    if found.case is None:
        return _walked(
            connection, found, connection.execute(_COUNTED, {"this_name": _length_of(subject)}).scalar()
        )
    row = connection.execute(_KNOWN, {"this_case": found.case}).first()
    if row is None:
        return Verdict(subject=subject, events=count, broken_at=1, means=NO_CASE)
    try:
        known = _READ.decode(row.body).seq
    except msgspec.DecodeError:
        return Verdict(subject=subject, events=count, broken_at=1, means=UNREADABLE)
    return _walked(connection, found, known)


def _walked(connection: Connection, found: Verdict, known: int | None) -> Verdict:
    at = chain.broken_at(connection, found.subject, length=known)
    if at is None:
        return found
    means = _meaning(connection, found, at, known)
    return Verdict(subject=found.subject, events=found.events, broken_at=at, means=means)


def _meaning(connection: Connection, found: Verdict, at: int, known: int | None) -> str:
    event = connection.execute(_ONE, {"this_subject": found.subject, "this_seq": at}).first()
    if event is not None:
        return CHANGED.format(at=at, kind=event.kind, when=event.at)
    if at <= found.events:
        return REMOVED.format(at=at)
    said = SHORTENED if known is not None and known > found.events else LONGER
    return said.format(known=known, there=found.events)


def _length_of(subject: str) -> str:
    return _LENGTH.format(subject=subject)


def record(
    connection: Connection,
    kind: Kind,
    *,
    by: PersonId,
    at: datetime,
    subject: str = AUDIT,
    place: str = "terminal",
    **data: Datum,
) -> None:
    """Adds to a chain that is about no case. Its length is kept beside it, so that a cut-off end is found."""
    new = insert_into(connection, COUNTERS).values(name=_length_of(subject), value=1)
    counted = new.on_conflict_do_update(index_elements=["name"], set_={"value": COUNTERS.c.value + 1})
    seq = int(connection.execute(counted.returning(COUNTERS.c.value)).scalar_one())
    event = Event(kind=kind, at=at, by=by, department="", data=data, seq=seq)
    chain.append(connection, subject, [event], place=place, salts=[secrets.token_bytes(16)])
