"""Posts that are gone at their network: a revision that says so, shown to the case like any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from bot.ports import Removed
from storage.sql.cases import MENTIONS
from storage.sql.intake import receive_put
from storage.sql.late import GONE, GONE_HIDDEN, without_words
from storage.sql.moments import micros, moment
from storage.sql.puts import insert_into, put
from storage.sql.tables import RevisionRow

REVISIONS: Any = RevisionRow.__table__  # type: ignore[attr-defined]
_GONE: Final = msgspec.json.encode(GONE).decode()
_HIDDEN: Final = msgspec.json.encode(GONE_HIDDEN).decode()

_AT_ONCE: Final = 500
"""A public stream tells of everybody's deletions; hardly any is of a post that we have."""

_KNOWN: Final = select(
    MENTIONS.c.id,
    MENTIONS.c.external_id,
    MENTIONS.c.community,
    MENTIONS.c.text,
    MENTIONS.c.extra,
    MENTIONS.c.created_at,
    MENTIONS.c.edited_at,
).where(
    MENTIONS.c.source == bindparam("of_source"),
    MENTIONS.c.external_id.in_(bindparam("posts", expanding=True)),
)
_TOLD: Final = select(REVISIONS.c.extra).where(
    REVISIONS.c.mention_id == bindparam("mine"), REVISIONS.c.extra.in_((_GONE, _HIDDEN))
)
_NEWEST: Final = select(func.max(REVISIONS.c.edited_at)).where(REVISIONS.c.mention_id == bindparam("mine"))
_WIPE: Final = (
    update(MENTIONS).where(MENTIONS.c.id == bindparam("mine")).values(text="", extra=bindparam("left"))
)
_FORGET: Final = delete(REVISIONS).where(REVISIONS.c.mention_id == bindparam("mine"))


def append_removed(connection: Connection, removed: Sequence[Removed], now: datetime) -> int:
    """Notes those that were known and not noted yet, and wakes their communities; how many there were."""
    communities = set()
    count = 0
    for one, row in _known(connection, removed):
        told = connection.execute(_TOLD, {"mine": row.id}).scalars().all()
        # What was only deleted may have to be hidden later.
        if not told or (one.hide and _HIDDEN not in told):
            _append(connection, one, row, now)
            communities.add(row.community)
            count += 1
    for community in sorted(communities):
        put(connection, receive_put(community, now))
    return count


def _known(connection: Connection, removed: Sequence[Removed]) -> Iterator[tuple[Removed, Any]]:
    """Those of posts that we have, with their rows."""
    wanted: dict[str, dict[str, Removed]] = {}
    for one in sorted(removed, key=lambda each: each.hide):
        wanted.setdefault(one.source, {})[one.external_id] = one
    for source, posts in wanted.items():
        ids = list(posts)
        for start in range(0, len(ids), _AT_ONCE):
            some = {"of_source": source, "posts": ids[start : start + _AT_ONCE]}
            yield from ((posts[row.external_id], row) for row in connection.execute(_KNOWN, some).all())


def _append(connection: Connection, one: Removed, row: Any, now: datetime) -> None:
    newest = connection.execute(_NEWEST, {"mine": row.id}).scalar()
    known = [micros(at) for at in (row.created_at, row.edited_at, newest) if at is not None]
    # An edit never comes after the end, whatever the two clocks say.
    at = moment(max(micros(one.at), *(each + 1 for each in known)))
    if one.hide:
        # The network's terms ask for it: no copy of the words stays, neither these nor earlier ones. At once, since
        # a post that waits for a person to file it is shown to no case for long.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        connection.execute(_FORGET, {"mine": row.id})
        extra = msgspec.json.encode(without_words(msgspec.json.decode(row.extra))).decode()
        connection.execute(_WIPE, {"mine": row.id, "left": extra})
    new = insert_into(connection, REVISIONS).values(
        mention_id=row.id,
        edited_at=at,
        received_at=now,
        text="" if one.hide else row.text,
        extra=_HIDDEN if one.hide else _GONE,
        shown=False,
    )
    connection.execute(new.on_conflict_do_nothing())
