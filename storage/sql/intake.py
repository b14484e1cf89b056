"""The append that intake waits for: the hottest path of the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import sqlite

from bot.ports import Appended, Clock, Incoming, Put
from storage.sql.cases import MENTIONS
from storage.sql.mentions import COLUMNS
from storage.sql.moments import micros
from storage.sql.puts import put
from storage.sql.tombstones import unburied
from storage.sql.writer import Writer


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
    # Statements generated from the table, run on the driver itself: the hottest path of the desk.
    cursor = connection.connection.cursor()
    # What was erased at its author's wish counts as known: it does not come back.
    loads = [(now, unburied(cursor, rows, handle=6, created_at=4)) for now, rows in loads]
    new = _inserted(cursor, [row for _, rows in loads for row in rows])
    communities: dict[str, datetime] = {}
    counts = []
    for now, rows in loads:
        accepted = 0
        for row in rows:
            if _first_time(new, row) or (row[5] is not None and _revised(cursor, row)):
                accepted += 1
                communities.setdefault(row[2], now)
        counts.append(accepted)
    cursor.close()
    for community, due in communities.items():
        put(connection, receive_put(community, due))
    return counts


def _inserted(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> set[tuple[str, str]]:
    """The keys (source, external id) of those rows that were not known.

    Many rows go in one statement, during which the driver leaves the other threads alone to work.
    """
    new: set[tuple[str, str]] = set()
    start = 0
    while start < len(rows):
        size = min(_MOST_ROWS, 1 << (len(rows) - start).bit_length() - 1)
        cursor.execute(_append_sql(size), [value for row in rows[start : start + size] for value in row])
        new.update(cursor.fetchall())
        start += size
    return new


def _first_time(new: set[tuple[str, str]], row: tuple[Any, ...]) -> bool:
    """Whether the row is one of the new ones. The same mention again in this batch is not."""
    key = (row[0], row[1])
    known = key not in new
    new.discard(key)
    return not known


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
def _append_sql(rows: int) -> str:
    """One INSERT for that many rows, which returns the keys of those that were not there. Sizes are powers of two,
    so that a handful of prepared statements serves every batch."""
    statement = sqlite.insert(MENTIONS).values({name: bindparam(name) for name in COLUMNS})
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    if tuple(compiled.positiontup or ()) != COLUMNS:
        raise AssertionError("the append statement takes its columns in another order")
    head, _, values = str(compiled).partition(" VALUES ")
    return f"{head} VALUES {', '.join([values] * rows)} ON CONFLICT DO NOTHING RETURNING source, external_id"


_MOST_ROWS: Final = 64
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
