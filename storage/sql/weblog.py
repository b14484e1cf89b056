"""The memory of the built-in web chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Clock, Stale, WebMessage
from storage.sql.codec import decode_card, encode_card
from storage.sql.messages import FATE, MESSAGES
from storage.sql.reader import Reader
from storage.sql.tables import WebMessageRow
from storage.sql.turns import take_turns
from storage.sql.weblog_search import matching
from storage.sql.weblog_sight import HIDDEN, as_seen
from storage.sql.writer import Writer

WEB: Any = WebMessageRow.__table__  # type: ignore[attr-defined]
_THREAD: Any = WEB.alias("thread")


class SqlWebLog:
    """The WebLog port. Every change gets a growing number, so that any process can tell what is new."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock, policy: Callable[[], Policy]) -> None:
        self._reader, self._writer, self._clock, self._policy = reader, writer, clock, policy

    async def post(
        self,
        conversation: str,
        *,
        nonce: str,
        by: PersonId | None = None,
        reply_to: int | None = None,
        card: Card | None = None,
        text: str | None = None,
    ) -> WebMessage:
        row = {
            "conversation": conversation,
            "nonce": nonce,
            "at": self._clock.now(),
            "by": by,
            "reply_to": reply_to,
            "card": encode_card(card) if card else None,
            "text": text,
            "deleted": False,
        }

        def write(connection: Connection) -> Any:
            take_turns(connection)
            there = connection.execute(_BY_NONCE, {"this_nonce": nonce}).first()
            if there is None:
                if connection.execute(FATE, {"this_nonce": nonce}).scalar() == "lost":
                    # Whoever looked for it in vain says it themselves by now.
                    raise Stale("another worker says it")
                connection.execute(_POST, row)
                if reply_to is not None:
                    # The thread's root shows how many answers it has.
                    connection.execute(_CHANGE, {"this_id": reply_to})
                there = connection.execute(_BY_NONCE, {"this_nonce": nonce}).one()
            return there

        (posted,) = await self._writer.submit([write], last=True)
        return _as_message(posted)

    async def edit(self, message_id: int, card: Card) -> WebMessage | None:
        values = {"this_id": message_id, "card": encode_card(card), "edited_at": self._clock.now()}

        def write(connection: Connection) -> None:
            take_turns(connection)
            connection.execute(_CHANGE, values)

        await self._writer.submit([write], last=True)
        return await self.get(message_id)

    async def delete(self, message_id: int) -> None:
        gone = {"this_id": message_id, "deleted": True, "card": None, "text": None}

        def write(connection: Connection) -> None:
            take_turns(connection)
            root = connection.execute(_ROOT, {"this_id": message_id}).scalar()
            connection.execute(_CHANGE, gone)
            if root is not None:
                # It has one answer less to show.
                connection.execute(_CHANGE, {"this_id": root})

        await self._writer.submit([write], last=True)

    async def get(self, message_id: int) -> WebMessage | None:
        row = await self._reader.look(lambda c: c.execute(_BY_ID, {"this_id": message_id}).first())
        if row is None:
            return None
        (message,) = await self._reader.look(lambda c: as_seen(c, [_as_message(row)], self._policy()))
        return message

    async def by_nonce(self, nonce: str) -> WebMessage | None:
        row = await self._reader.look(lambda c: c.execute(_BY_NONCE, {"this_nonce": nonce}).first())
        return _as_message(row) if row and not row.deleted else None

    async def page(
        self,
        conversation: str,
        *,
        reply_to: int | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> Sequence[WebMessage]:
        line = WEB.c.reply_to.is_(None) if reply_to is None else WEB.c.reply_to == reply_to
        wanted = _MESSAGES.where(WEB.c.conversation == conversation, line, WEB.c.deleted.is_(False))
        if before is not None:
            wanted = wanted.where(WEB.c.id < before)
        if after is not None:
            following = wanted.where(WEB.c.id > after).order_by(WEB.c.id).limit(limit)
            return await self._reader.once(lambda c: self._read(c, c.execute(following).all()))
        newest = wanted.order_by(WEB.c.id.desc()).limit(limit)
        return await self._reader.once(lambda c: self._read(c, c.execute(newest).all()[::-1]))

    def _read(self, connection: Connection, rows: Sequence[Any]) -> Sequence[WebMessage]:
        return as_seen(connection, [_as_message(row) for row in rows], self._policy())

    async def search(
        self, conversation: str, words: Sequence[str], *, before: int | None = None, limit: int = 20
    ) -> tuple[Sequence[WebMessage], int | None]:
        found, further = await self._reader.once(
            lambda c: matching(c, conversation, words, before=before, limit=limit)
        )
        messages = [await self.get(number) for number in found]
        # What is hidden by now is not found by its words either.
        return [message for message in messages if message and message.text != HIDDEN], further

    async def changed(self, after: int, limit: int = 200) -> tuple[int, Sequence[int]]:
        since = {"after": after, "most": limit}
        rows = await self._reader.look(lambda c: c.execute(_CHANGED, since).all())
        return (int(rows[-1].change), [int(row.id) for row in rows]) if rows else (after, [])

    async def newest(self) -> int:
        return int(await self._reader.look(lambda c: c.execute(_NEWEST).scalar_one()))


_MESSAGES: Final = select(
    *WEB.c,
    select(func.count())
    .where(_THREAD.c.reply_to == WEB.c.id, _THREAD.c.deleted.is_(False))
    .scalar_subquery()
    .label("replies"),
    # Which case a card shows is known from its delivery key, `card:<case>@<place>`.
    select(MESSAGES.c.key)
    .where(MESSAGES.c.nonce == WEB.c.nonce, MESSAGES.c.key.startswith("card:"))
    .scalar_subquery()
    .label("shows"),
)
_BY_ID: Final = _MESSAGES.where(WEB.c.id == bindparam("this_id"), WEB.c.deleted.is_(False))
_BY_NONCE: Final = _MESSAGES.where(WEB.c.nonce == bindparam("this_nonce"))
_ROOT: Final = select(WEB.c.reply_to).where(WEB.c.id == bindparam("this_id"))
_NEWEST: Final = select(func.coalesce(func.max(WEB.c.change), 0))
_CHANGED: Final = (
    select(WEB.c.id, WEB.c.change)
    .where(WEB.c.change > bindparam("after"))
    .order_by(WEB.c.change)
    .limit(bindparam("most"))
)
_NEXT: Final = select(func.coalesce(func.max(_THREAD.c.change), 0) + 1).scalar_subquery()
_POST: Final = insert(WEB).values(change=_NEXT)
_CHANGE: Final = (
    update(WEB).where(WEB.c.id == bindparam("this_id"), WEB.c.deleted.is_(False)).values(change=_NEXT)
)


def _as_message(row: Any) -> WebMessage:
    return WebMessage(
        id=row.id,
        conversation=row.conversation,
        at=row.at,
        edited_at=row.edited_at,
        by=PersonId(row.by) if row.by else None,
        reply_to=row.reply_to,
        card=decode_card(row.card) if row.card else None,
        text=row.text,
        replies=row.replies,
        case_id=int(row.shows.split(":")[1].split("@")[0]) if row.shows else None,
    )
