"""Words that come later than their post: it stands complete from then on, and its author edited nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from bot.domain.mention import COMPLETED, INCOMPLETE, REMOVED
from bot.ports import Incoming
from storage.sql.cases import MENTIONS
from storage.sql.intake import receive_put, rows_of
from storage.sql.late import late_of, revision_of
from storage.sql.mentions import REVISIONS
from storage.sql.moments import micros, moment
from storage.sql.puts import insert_into, put
from storage.sql.tombstones import unburied

_KNOWN: Final = select(MENTIONS).where(
    MENTIONS.c.source == bindparam("of_source"), MENTIONS.c.external_id == bindparam("post")
)
_SAID: Final = select(REVISIONS.c.edited_at, REVISIONS.c.extra).where(
    REVISIONS.c.mention_id == bindparam("mine")
)


def append_completed(connection: Connection, mentions: Sequence[Incoming], now: datetime) -> int:
    """Completes those that wait for their words, and wakes their communities; how many there were."""
    rows = unburied(connection, rows_of(mentions, now), handle=6, created_at=4)
    communities = set()
    count = 0
    for mention, row in zip(mentions, rows, strict=True):
        # What was erased at its author's wish does not come back.
        if row is None or not mention.text:
            continue
        known = connection.execute(_KNOWN, {"of_source": mention.source, "post": mention.external_id}).first()
        if known is None or known.set_aside is not None or not _waits(msgspec.json.decode(known.extra)):
            continue
        if (_rewritten if known.case_id is None else _revised)(connection, known, mention, now):
            communities.add(known.community)
            count += 1
    for community in sorted(communities):
        put(connection, receive_put(community, now))
    return count


def _waits(extra: Mapping[str, Any]) -> bool:
    return bool(extra.get(INCOMPLETE)) and not extra.get(REMOVED)


def _rewritten(connection: Connection, known: Any, mention: Incoming, now: datetime) -> bool:
    """Nobody has seen it yet: it is as if it had come whole."""
    late = {name: value for name, value in late_of(mention).items() if value is not None}
    extra = msgspec.json.encode(mention.extra).decode()
    mine = update(MENTIONS).where(MENTIONS.c.id == known.id, MENTIONS.c.case_id.is_(None))
    changed = connection.execute(mine.values(text=mention.text, extra=extra, **late))
    return bool(changed.rowcount) or _revised(connection, known, mention, now)


def _revised(connection: Connection, known: Any, mention: Incoming, now: datetime) -> bool:
    """A revision, shown to its case like any other."""
    said = connection.execute(_SAID, {"mine": known.id}).all()
    if any({COMPLETED, REMOVED} & set(msgspec.json.decode(one.extra)) for one in said):
        # They have come already, or the post is gone: its words are not kept.
        return False
    times = [known.created_at, known.edited_at, *(one.edited_at for one in said)]
    # Behind all that is known of it, so that a real edit later is newer still.
    at = moment(max(micros(each) for each in times if each is not None) + 1)
    new = insert_into(connection, REVISIONS).values(
        mention_id=known.id,
        edited_at=at,
        received_at=now,
        text=mention.text,
        extra=msgspec.json.encode(revision_of(mention)).decode(),
        shown=False,
    )
    return bool(connection.execute(new.on_conflict_do_nothing()).rowcount)
