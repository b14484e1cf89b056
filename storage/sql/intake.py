"""The append that intake waits for: the hottest path of the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Connection, Text, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Appended, Clock, Incoming, Put
from storage.sql.cases import MENTIONS
from storage.sql.late import GONE, GONE_HIDDEN
from storage.sql.mentions import COLUMNS
from storage.sql.moments import micros
from storage.sql.puts import put_all
from storage.sql.tombstones import unburied
from storage.sql.writer import Writer


class SqlIntake:
    """The Intake port: appends leave in the writer's next transaction, and wake the community's standing job."""

    def __init__(self, writer: Writer, clock: Clock, wake: Callable[[], None]) -> None:
        self._writer, self._clock, self._wake = writer, clock, wake

    async def append(self, mentions: Sequence[Incoming]) -> Appended:
        now = self._clock.now()
        rows = rows_of(mentions, now)
        accepted = await self._writer.submit_bulk(_append, (now, rows), weight=len(rows))
        self._wake()
        return Appended(accepted=accepted, duplicates=len(rows) - accepted)


def rows_of(mentions: Sequence[Incoming], now: datetime) -> list[tuple[Any, ...]]:
    """The rows to append of mentions received now."""
    return [_incoming_row(mention, micros(now)) for mention in mentions]


def append_rows(connection: Connection, now: datetime, rows: Sequence[tuple[Any, ...]]) -> int:
    """Appends the rows within another unit; how many were new."""
    return _append(connection, [(now, rows)])[0] if rows else 0


def _append(
    connection: Connection, /, loads: Sequence[tuple[datetime, Sequence[tuple[Any, ...]]]]
) -> list[int]:
    """Appends every load's rows; for each load how many were new."""
    # What was erased at its author's wish counts as known: it does not come back.
    rows = unburied(connection, [row for _, load in loads for row in load], handle=6, created_at=4)
    new = _inserted(connection, [row for row in rows if row is not None])
    communities: dict[str, datetime] = {}
    counts, each = [], iter(rows)
    for now, load in loads:
        accepted = 0
        for row in islice(each, len(load)):
            if row is not None and (_first_time(new, row) or _revised(connection, row)):
                accepted += 1
                communities.setdefault(row[2], now)
        counts.append(accepted)
    if communities:
        put_all(connection, [receive_put(community, due) for community, due in sorted(communities.items())])
    return counts


def _inserted(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> set[tuple[str, str]]:
    """The keys (source, external id) of those rows that were not known.

    Statements generated from the table, run on the driver itself: the hottest path of the desk. Many rows go in one.
    """
    if not rows:
        return set()
    if connection.dialect.name == "postgresql":
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        return {(row[0], row[1]) for row in connection.exec_driver_sql(_unnest_sql(), columns)}
    cursor = connection.connection.cursor()
    ((last,),) = cursor.execute(_LAST)
    start = found = 0
    while start < len(rows):
        size = min(_MOST_ROWS, 1 << (len(rows) - start).bit_length() - 1)
        # One call for many rows: while it runs the event loop goes on, and each return costs a wait for its turn. So
        # the keys are not asked for where the number says that all of them are new.
        cursor.execute(_append_sql(size), [value for row in rows[start : start + size] for value in row])
        start, found = start + size, found + cursor.rowcount
    keys = ((row[0], row[1]) for row in rows) if found == len(rows) else cursor.execute(_SINCE, (last,))
    new = set(keys)
    cursor.close()
    return new


def _first_time(new: set[tuple[str, str]], row: tuple[Any, ...]) -> bool:
    """Whether the row is one of the new ones. The same mention again in this batch is not."""
    key = (row[0], row[1])
    known = key not in new
    new.discard(key)
    return not known


def _revised(connection: Connection, row: tuple[Any, ...]) -> bool:
    """Known already, but this is a later edit: kept as a revision."""
    if row[5] is None:
        return False
    said = {
        "source": row[0],
        "post": row[1],
        "received": row[3],
        "edited": row[5],
        "text": row[10],
        "extra": row[16],
    }
    return bool(connection.execute(_APPEND_REVISION, said).rowcount)


def receive_put(community: str, now: datetime) -> Put:
    """The standing job that files the community's new mentions, due now."""
    return Put(kind="receive", key=f"receive:{community}", due=now, args={"community": community})


@lru_cache
def _append_sql(rows: int) -> str:
    """One INSERT for that many rows, which leaves out those that are there. Sizes are powers of two, so that a handful
    of prepared statements serves every batch."""
    statement = sqlite.insert(MENTIONS).values({name: bindparam(name) for name in COLUMNS})
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    if tuple(compiled.positiontup or ()) != COLUMNS:
        raise AssertionError("the append statement takes its columns in another order")
    head, _, values = str(compiled).partition(" VALUES ")
    return f"{head} VALUES {', '.join([values] * rows)} ON CONFLICT DO NOTHING"


_MOST_ROWS: Final = 64
_LAST: Final = "SELECT coalesce(max(id), 0) FROM mentions"
_SINCE: Final = "SELECT source, external_id FROM mentions WHERE id > ?"
"""A file has one writer, so what has a later number was written in this very transaction."""


@lru_cache
def _unnest_sql() -> str:
    """One INSERT for any number of rows: an array for each column."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = [MENTIONS.c[name].type.compile(dialect=dialect) for name in COLUMNS]
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, 1))
    return (
        f"INSERT INTO mentions ({', '.join(COLUMNS)}) SELECT * FROM unnest({arrays}) "
        "ON CONFLICT DO NOTHING RETURNING source, external_id"
    )


_APPEND_REVISION: Final = text(
    "INSERT INTO revisions (mention_id, edited_at, received_at, text, extra, shown) "
    "SELECT id, :edited, :received, :text, :extra, false FROM mentions "
    "WHERE source = :source AND external_id = :post AND coalesce(edited_at, created_at) < :edited "
    "AND NOT EXISTS (SELECT 1 FROM revisions WHERE mention_id = mentions.id "
    "AND (edited_at >= :edited OR extra = :gone OR extra = :hidden)) "
    "ON CONFLICT DO NOTHING"
).bindparams(
    bindparam("edited", type_=BigInteger), bindparam("received", type_=BigInteger), bindparam("text", type_=Text),
    bindparam("extra", type_=Text), bindparam("source", type_=Text), bindparam("post", type_=Text),
    bindparam("gone", msgspec.json.encode(GONE).decode(), type_=Text),
    bindparam("hidden", msgspec.json.encode(GONE_HIDDEN).decode(), type_=Text),
)  # fmt: skip
"""Only what is newer than all that came before: an older edit that arrives late must not win, nor any edit of a post
that is gone."""


def _incoming_row(mention: Incoming, received_at: int) -> tuple[Any, ...]:
    row = _raw_row(mention, received_at)
    # PostgreSQL's texts hold any character but this one.
    return tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)


def _raw_row(mention: Incoming, received_at: int) -> tuple[Any, ...]:
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
