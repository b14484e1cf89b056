"""Mentions within a unit of work, and the append that intake waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, false, select, update

from bot.domain.mention import Author, Mention
from bot.ports import Stale
from storage.sql.cases import CASES, MENTIONS
from storage.sql.late import late_of, with_late_words
from storage.sql.puts import insert_into
from storage.sql.tables import RevisionRow

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

REVISIONS: Any = RevisionRow.__table__  # type: ignore[attr-defined]
BEING_FILED: Final = "being filed"
ERASED: Final = "erased"
UNKNOWN: Final = ""
"""Asked for as a community: every mention whose community the policy does not have."""

COLUMNS: Final = (
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
        return [
            as_mention(row) for row in await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        ]

    async def revisions(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        wanted = (
            select(
                MENTIONS,
                REVISIONS.c.text.label("new_text"),
                REVISIONS.c.edited_at.label("new_edited_at"),
                REVISIONS.c.extra.label("new_extra"),
            )
            .join(REVISIONS, REVISIONS.c.mention_id == MENTIONS.c.id)
            .where(self._of(communities), REVISIONS.c.shown == false(), MENTIONS.c.case_id.is_not(None))
            .order_by(REVISIONS.c.id)
            .limit(limit)
        )
        rows = await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        return [_as_revised(row) for row in rows]

    def _of(self, communities: Sequence[str]) -> Any:
        known = MENTIONS.c.community.in_([name for name in communities if name != UNKNOWN])
        if UNKNOWN not in communities:
            return known
        return known | MENTIONS.c.community.not_in(list(self._work.store.policy.communities))

    async def file(self, mention: Mention, case_id: int) -> None:
        mine = {"mine": mention.id, "case": case_id}
        self._work.write(lambda c: _changed(c.execute(_FILE, mine), mention))

    async def revise(self, mention: Mention) -> None:
        extra = msgspec.json.encode(mention.extra).decode()
        newer = {
            "mine": mention.id,
            "new_text": mention.text,
            "new_edited_at": mention.edited_at,
            "new_extra": extra,
        }

        def write(connection: Connection) -> None:
            before = connection.execute(
                select(MENTIONS.c.text).where(MENTIONS.c.id == mention.id)
            ).scalar_one()
            mine = REVISIONS.c.mention_id == mention.id
            shown = update(REVISIONS).where(mine, REVISIONS.c.edited_at == mention.edited_at)
            # The two texts change places: what stood before is kept with the revision.
            kept = "" if mention.hidden else before
            _changed(
                connection.execute(shown.where(REVISIONS.c.shown == false()).values(shown=True, text=kept)),
                mention,
            )
            connection.execute(_REVISE, newer)
            if mention.completed:
                late = {name: value for name, value in late_of(mention).items() if value is not None}
                connection.execute(update(MENTIONS).where(MENTIONS.c.id == mention.id).values(**late))

        self._work.write(write)

    async def set_aside(self, mention: Mention, reason: str) -> None:
        aside = update(MENTIONS).where(MENTIONS.c.id == mention.id, MENTIONS.c.case_id.is_(None))
        self._work.write(lambda c: _changed(c.execute(aside.values(set_aside=reason)), mention))

    async def add(self, mention: Mention) -> int:
        # Hidden from the standing job until this work files it; said again it is the same mention.
        row = {**_row_of(mention), "set_aside": BEING_FILED}

        def write(connection: Connection) -> int:
            same = insert_into(connection, MENTIONS).on_conflict_do_update(
                index_elements=["source", "external_id"], set_={"source": mention.source}
            )
            return int(connection.execute(same.returning(MENTIONS.c.id), row).scalar_one())

        (added,) = await self._work.store.writer.submit([write])
        return int(added)

    async def move(self, mention: Mention, case_id: int) -> None:
        mine = {"mine": mention.id, "was": mention.case_id, "case": case_id}
        self._work.write(lambda c: _changed(c.execute(_MOVE, mine), mention))

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        def read(connection: Connection) -> list[Any]:
            # One look by the index for each case: a surge of thousands costs no more than one of two.
            merged = connection.execute(_MERGED, {"this_case": case_id}).scalars()
            found: list[Any] = []
            for one in (case_id, *merged):
                found += connection.execute(_OF_CASE, {"this_case": one, "most": limit}).all()
            return sorted(found, key=lambda row: row.id, reverse=True)[:limit]

        return [as_mention(row) for row in await self._work.read(read)]

    async def get(self, mention_id: int) -> Mention | None:
        row = await self._work.read(lambda c: c.execute(_ONE, {"this_id": mention_id}).first())
        return as_mention(row) if row else None

    async def by_link(self, url: str) -> Mention | None:
        row = await self._work.read(lambda c: c.execute(_BY_LINK, {"this_url": url}).first())
        return as_mention(row) if row else None


_ONE: Final = select(MENTIONS).where(MENTIONS.c.id == bindparam("this_id"))
_OF_CASE: Final = (
    select(MENTIONS)
    .where(MENTIONS.c.case_id == bindparam("this_case"))
    .order_by(MENTIONS.c.id.desc())
    .limit(bindparam("most"))
)
_MERGED: Final = select(CASES.c.id).where(CASES.c.merged_into == bindparam("this_case"))
_MOVE: Final = (
    update(MENTIONS)
    .where(MENTIONS.c.id == bindparam("mine"), MENTIONS.c.case_id == bindparam("was"))
    .values(case_id=bindparam("case"))
)
_BY_LINK: Final = (
    select(MENTIONS)
    .where(
        MENTIONS.c.url == bindparam("this_url"), MENTIONS.c.url.is_not(None), MENTIONS.c.case_id.is_not(None)
    )
    .order_by(MENTIONS.c.id)
    .limit(1)
)
_FILE: Final = (
    update(MENTIONS)
    .where(
        MENTIONS.c.id == bindparam("mine"),
        MENTIONS.c.case_id.is_(None),
        # What was erased since it was read is filed no more.
        MENTIONS.c.set_aside.is_distinct_from(ERASED),
    )
    .values(case_id=bindparam("case"), set_aside=None)
)
_REVISE: Final = (
    update(MENTIONS)
    .where(MENTIONS.c.id == bindparam("mine"))
    .values(text=bindparam("new_text"), edited_at=bindparam("new_edited_at"), extra=bindparam("new_extra"))
)


def _changed(result: Any, mention: Mention) -> None:
    if not result.rowcount:
        raise Stale(f"mention {mention.id}")


def _row_of(mention: Mention) -> dict[str, Any]:
    row = {name: getattr(mention, name) for name in COLUMNS if hasattr(mention, name)}
    author = asdict(mention.author)
    return {**row, **author, "extra": msgspec.json.encode(mention.extra).decode()}


def _as_revised(row: Any) -> Mention:
    """The mention with the newer text; of one that is gone, or whose words came late, with what that says, too."""
    newer = as_mention(row, text=row.new_text, edited_at=row.new_edited_at)
    said = msgspec.json.decode(row.new_extra)
    return with_late_words(newer, said)


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
