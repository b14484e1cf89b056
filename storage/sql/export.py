"""Everything the desk knows of some cases, one case at a time, as it stood at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, union

from bot.domain.case import Case
from bot.domain.events import Event
from bot.domain.mention import Mention
from storage.sql import chain
from storage.sql.cases import CASES, MENTIONS, subject
from storage.sql.chain import EVENTS
from storage.sql.codec import decode_case
from storage.sql.mentions import REVISIONS, as_mention
from storage.sql.messages import MESSAGES
from storage.sql.tombstones import plain_handle

ABOUT: Final = ("card", "reposted", "page", "note", "notice", "restricted")
"""What the delivery keys of messages about a case begin with; its number follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: exactly one of the four is set.

    `person` is a colleague: cases they own or did something in. `handle` is (network, name): cases this customer
    wrote in. `opened` is from when, until before when (UTC).
    """

    case: int | None = None
    person: str | None = None
    handle: tuple[str, str] | None = None
    opened: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A text that a mention had before, or will have once the case knows of it (`shown` is false until then)."""

    mention: int
    edited_at: datetime
    received_at: datetime
    text: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of ours about the case, and where it is. `key` says which: card, note, page, notice."""

    key: str
    state: str
    place: str
    message: str | None
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A case with all that belongs to it, oldest first. Without a case: mentions of the customer that never got one."""

    case: Case | None
    mentions: Sequence[Mention] = ()
    revisions: Sequence[Revision] = ()
    events: Sequence[Event] = ()
    messages: Sequence[Message] = ()


def written_by(connection: Connection, network: str, handle: str) -> list[Any]:
    """(id, case_id) of every mention of that author, oldest first."""
    wanted = plain_handle(handle)
    posts = select(MENTIONS.c.id, MENTIONS.c.case_id, MENTIONS.c.handle).where(MENTIONS.c.source == network)
    rows = connection.execute(posts.order_by(MENTIONS.c.id))
    # Compared here: the database knows fewer capital letters than the networks' people use.
    return [row for row in rows if plain_handle(row.handle) == wanted]


def dossiers(connection: Connection, wanted: Wanted) -> Iterator[Dossier]:
    """The cases that are wanted, by number; at the end mentions without a case, for a customer."""
    unfiled: list[int] = []
    if wanted.handle is not None:
        mine = written_by(connection, *wanted.handle)
        numbers = sorted({row.case_id for row in mine if row.case_id is not None})
        unfiled = [row.id for row in mine if row.case_id is None]
    else:
        numbers = sorted(_numbers(connection, wanted))
    for number in numbers:
        row = connection.execute(_CASE, {"this_case": number}).first()
        if row is not None:
            yield _dossier(connection, decode_case(row.body))
    if unfiled:
        mentions = [_mention(connection, one) for one in unfiled]
        yield Dossier(case=None, mentions=mentions, revisions=_revisions(connection, unfiled))


def _numbers(connection: Connection, wanted: Wanted) -> set[int]:
    if wanted.case is not None:
        return {wanted.case}
    if wanted.person is not None:
        acted = select(EVENTS.c.subject).where(EVENTS.c.actor == wanted.person).distinct()
        subjects = (row.subject for row in connection.execute(acted))
        did = {int(name.removeprefix("case:")) for name in subjects if name.startswith("case:")}
        owned = select(CASES.c.id).where(CASES.c.owner == wanted.person)
        return did | set(connection.execute(owned).scalars())
    if wanted.opened is None:
        raise ValueError("nothing is wanted")
    start, end = wanted.opened
    opened = select(CASES.c.id).where(CASES.c.opened_at >= start, CASES.c.opened_at < end)
    return set(connection.execute(opened).scalars())


def _dossier(connection: Connection, case: Case) -> Dossier:
    mentions = [as_mention(row) for row in connection.execute(_MENTIONS, {"this_case": case.id})]
    events = connection.execute(_EVENTS, {"this_subject": subject(case.id)})
    return Dossier(
        case=case,
        mentions=mentions,
        revisions=_revisions(connection, [mention.id for mention in mentions]),
        events=[chain.as_event(row) for row in events],
        messages=[_as_message(row) for row in connection.execute(messages_about(case.id))],
    )


def messages_about(case_id: int) -> Any:
    """The query for the rows of messages about the case, by the index of their keys."""
    # "@" and ":" end the number; the next letter ends the range.
    ends = [
        (f"{kind}:{case_id}{end}", f"{kind}:{case_id}{chr(ord(end) + 1)}") for kind in ABOUT for end in "@:"
    ]
    ids = union(*(select(MESSAGES.c.id).where(MESSAGES.c.key >= a, MESSAGES.c.key < b) for a, b in ends))
    return select(MESSAGES).where(MESSAGES.c.id.in_(ids)).order_by(MESSAGES.c.id)


def _mention(connection: Connection, mention_id: int) -> Mention:
    return as_mention(connection.execute(_POST, {"this_id": mention_id}).one())


def _revisions(connection: Connection, mentions: Sequence[int]) -> list[Revision]:
    return [
        Revision(
            mention=row.mention_id,
            edited_at=row.edited_at,
            received_at=row.received_at,
            text=row.text,
            shown=row.shown,
        )
        for mention in mentions
        for row in connection.execute(_REVISIONS, {"this_mention": mention})
    ]


def _as_message(row: Any) -> Message:
    return Message(key=row.key, state=row.state, place=row.place, message=row.message, begun_at=row.begun_at)


_CASE: Final = select(CASES.c.body).where(CASES.c.id == bindparam("this_case"))
_POST: Final = select(MENTIONS).where(MENTIONS.c.id == bindparam("this_id"))
_MENTIONS: Final = (
    select(MENTIONS).where(MENTIONS.c.case_id == bindparam("this_case")).order_by(MENTIONS.c.id)
)
_EVENTS: Final = select(EVENTS).where(EVENTS.c.subject == bindparam("this_subject")).order_by(EVENTS.c.seq)
_REVISIONS: Final = (
    select(REVISIONS).where(REVISIONS.c.mention_id == bindparam("this_mention")).order_by(REVISIONS.c.id)
)
