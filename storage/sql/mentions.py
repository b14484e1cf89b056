"""Mentions within a unit of work, and the append that intake waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, false, select, update
from sqlalchemy.dialects import sqlite

from bot.domain.mention import Author, Mention
from bot.ports import Appended, Clock, Incoming, Put, Stale
from storage.sql.cases import MENTIONS
from storage.sql.moments import micros
from storage.sql.puts import put
from storage.sql.tables import RevisionRow
from storage.sql.writer import Writer

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

REVISIONS: Any = RevisionRow.__table__  # type: ignore[attr-defined]
BEING_FILED: Final = "being filed"
UNKNOWN: Final = ""
"""Asked for as a community: every mention whose community the policy does not have."""

_COLUMNS: Final = (
    "source", "external_id", "community", "received_at", "created_at", "edited_at", "handle", "name", "bio",
    "followers", "text", "url", "lang", "brand", "in_reply_to", "thread", "extra",
)  # fmt: skip


class SqlMentions:
    """The Mentions port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def new(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        wanted = (
            select(MENTIONS)
            .where(self._of(communities), MENTIONS.c.case_id.is_(None), MENTIONS.c.set_aside.is_(None))
            .order_by(MENTIONS.c.id)
            .limit(limit)
        )
        return [as_mention(row) for row in await self._work.read(lambda c: c.execute(wanted).all())]

    async def revisions(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        wanted = (
            select(MENTIONS, REVISIONS.c.text.label("new_text"), REVISIONS.c.edited_at.label("new_edited_at"))
            .join(REVISIONS, REVISIONS.c.mention_id == MENTIONS.c.id)
            .where(self._of(communities), REVISIONS.c.shown == false(), MENTIONS.c.case_id.is_not(None))
            .order_by(REVISIONS.c.id)
            .limit(limit)
        )
        rows = await self._work.read(lambda c: c.execute(wanted).all())
        return [as_mention(row, text=row.new_text, edited_at=row.new_edited_at) for row in rows]

    def _of(self, communities: Sequence[str]) -> Any:
        known = MENTIONS.c.community.in_([name for name in communities if name != UNKNOWN])
        if UNKNOWN not in communities:
            return known
        return known | MENTIONS.c.community.not_in(list(self._work.store.policy.communities))

    async def file(self, mention: Mention, case_id: int) -> None:
        mine = {"mine": mention.id, "case": case_id}
        self._work.write(lambda c: _changed(c.execute(_FILE, mine), mention))

    async def revise(self, mention: Mention) -> None:
        newer = {"mine": mention.id, "new_text": mention.text, "new_edited_at": mention.edited_at}

        def write(connection: Connection) -> None:
            before = connection.execute(
                select(MENTIONS.c.text).where(MENTIONS.c.id == mention.id)
            ).scalar_one()
            mine = REVISIONS.c.mention_id == mention.id
            shown = update(REVISIONS).where(mine, REVISIONS.c.edited_at == mention.edited_at)
            # The two texts change places: what stood before is kept with the revision.
            _changed(
                connection.execute(shown.where(REVISIONS.c.shown == false()).values(shown=True, text=before)),
                mention,
            )
            connection.execute(_REVISE, newer)

        self._work.write(write)

    async def set_aside(self, mention: Mention, reason: str) -> None:
        aside = update(MENTIONS).where(MENTIONS.c.id == mention.id, MENTIONS.c.case_id.is_(None))
        self._work.write(lambda c: _changed(c.execute(aside.values(set_aside=reason)), mention))

    async def add(self, mention: Mention) -> int:
        # Hidden from the standing job until this work files it; said again it is the same mention.
        new = sqlite.insert(MENTIONS).values(**_row_of(mention), set_aside=BEING_FILED)
        same = new.on_conflict_do_update(
            index_elements=["source", "external_id"], set_={"source": mention.source}
        )
        (added,) = await self._work.store.writer.submit(
            [lambda c: c.execute(same.returning(MENTIONS.c.id)).scalar_one()]
        )
        return int(added)

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        newest = (
            select(MENTIONS).where(MENTIONS.c.case_id == case_id).order_by(MENTIONS.c.id.desc()).limit(limit)
        )
        return [as_mention(row) for row in await self._work.read(lambda c: c.execute(newest).all())]

    async def get(self, mention_id: int) -> Mention | None:
        one = select(MENTIONS).where(MENTIONS.c.id == mention_id)
        row = await self._work.read(lambda c: c.execute(one).first())
        return as_mention(row) if row else None

    async def by_link(self, url: str) -> Mention | None:
        filed = MENTIONS.c.url.is_not(None) & MENTIONS.c.case_id.is_not(None)
        one = select(MENTIONS).where(MENTIONS.c.url == url, filed).order_by(MENTIONS.c.id).limit(1)
        row = await self._work.read(lambda c: c.execute(one).first())
        return as_mention(row) if row else None


_FILE: Final = (
    update(MENTIONS)
    .where(MENTIONS.c.id == bindparam("mine"), MENTIONS.c.case_id.is_(None))
    .values(case_id=bindparam("case"), set_aside=None)
)
_REVISE: Final = (
    update(MENTIONS)
    .where(MENTIONS.c.id == bindparam("mine"))
    .values(text=bindparam("new_text"), edited_at=bindparam("new_edited_at"))
)


def _changed(result: Any, mention: Mention) -> None:
    if not result.rowcount:
        raise Stale(f"mention {mention.id}")


# -- intake ----------------------------------------------------------------------------------------


class SqlIntake:
    """The Intake port: appends leave in the writer's next transaction, and wake the community's standing job."""

    def __init__(self, writer: Writer, clock: Clock, wake: Callable[[], None]) -> None:
        self._writer, self._clock, self._wake = writer, clock, wake

    async def append(self, mentions: Sequence[Incoming]) -> Appended:
        now = self._clock.now()
        rows = [_incoming_row(mention, micros(now)) for mention in mentions]
        accepted = await self._writer.submit_bulk(_append, (now, rows), weight=len(rows))
        self._wake()
        return Appended(accepted=accepted, duplicates=len(rows) - accepted)


def _append(
    connection: Connection, /, loads: Sequence[tuple[datetime, Sequence[tuple[Any, ...]]]]
) -> list[int]:
    """Appends every load's rows; for each load how many were new."""
    # One statement generated from the table, run on the driver itself: the hottest path of the desk.
    cursor = connection.connection.cursor()
    communities: dict[str, datetime] = {}
    counts = []
    for now, rows in loads:
        accepted = 0
        for row in rows:
            cursor.execute(_APPEND, row)
            if cursor.rowcount or (row[5] is not None and _revised(cursor, row)):
                accepted += 1
                communities.setdefault(row[2], now)
        counts.append(accepted)
    cursor.close()
    for community, due in communities.items():
        put(connection, receive_put(community, due))
    return counts


def _revised(cursor: Any, row: tuple[Any, ...]) -> bool:
    """Known already, but this is a later edit: kept as a revision."""
    source, external_id, _, received_at, _, edited_at = row[:6]
    about = (source, external_id, edited_at, edited_at)
    cursor.execute(_APPEND_REVISION, (edited_at, received_at, row[10], row[16], *about))
    return bool(cursor.rowcount)


def receive_put(community: str, now: datetime) -> Put:
    """The standing job that files the community's new mentions, due now."""
    return Put(kind="receive", key=f"receive:{community}", due=now, args={"community": community})


@lru_cache
def _append_sql() -> str:
    statement = (
        sqlite.insert(MENTIONS).values({name: bindparam(name) for name in _COLUMNS}).on_conflict_do_nothing()
    )
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    if tuple(compiled.positiontup or ()) != _COLUMNS:
        raise AssertionError("the append statement takes its columns in another order")
    return str(compiled)


_APPEND: Final = _append_sql()
_APPEND_REVISION: Final = (
    "INSERT INTO revisions (mention_id, edited_at, received_at, text, extra, shown) "
    "SELECT id, ?, ?, ?, ?, 0 FROM mentions WHERE source = ? AND external_id = ? "
    "AND coalesce(edited_at, created_at) < ? AND NOT EXISTS "
    "(SELECT 1 FROM revisions WHERE mention_id = mentions.id AND edited_at >= ?) ON CONFLICT DO NOTHING"
)
"""Only what is newer than all that came before: an older edit that arrives late must not win."""


def _incoming_row(mention: Incoming, received_at: int) -> tuple[Any, ...]:
    return (
        mention.source,
        mention.external_id,
        mention.community,
        received_at,
        micros(mention.created_at),
        micros(mention.edited_at) if mention.edited_at else None,
        mention.handle,
        mention.name,
        mention.bio,
        mention.followers,
        mention.text,
        mention.url,
        mention.lang,
        mention.brand,
        mention.in_reply_to,
        mention.thread,
        msgspec.json.encode(mention.extra).decode() if mention.extra else "{}",
    )


def _row_of(mention: Mention) -> dict[str, Any]:
    row = {name: getattr(mention, name) for name in _COLUMNS if hasattr(mention, name)}
    author = asdict(mention.author)
    return {**row, **author, "extra": msgspec.json.encode(mention.extra).decode()}


def as_mention(row: Any, *, text: str | None = None, edited_at: datetime | None = None) -> Mention:
    return Mention(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        community=row.community,
        received_at=row.received_at,
        created_at=row.created_at,
        author=Author(handle=row.handle, name=row.name, bio=row.bio, followers=row.followers),
        text=row.text if text is None else text,
        url=row.url,
        lang=row.lang,
        brand=row.brand,
        in_reply_to=row.in_reply_to,
        thread=row.thread,
        edited_at=row.edited_at if edited_at is None else edited_at,
        case_id=row.case_id,
        extra=msgspec.json.decode(row.extra),
    )
