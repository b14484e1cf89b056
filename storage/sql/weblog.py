"""The memory of the built-in web chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.ports import Clock, WebMessage
from storage.sql.codec import decode_card, encode_card
from storage.sql.messages import MESSAGES
from storage.sql.reader import Reader
from storage.sql.tables import WebMessageRow
from storage.sql.writer import Writer

WEB: Any = WebMessageRow.__table__  # type: ignore[attr-defined]
_THREAD: Any = WEB.alias("thread")


class SqlWebLog:
    """The WebLog port. Every change gets a growing number, so that any process can tell what is new."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

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

        def write(connection: Connection) -> int:
            there = connection.execute(select(WEB.c.id).where(WEB.c.nonce == nonce)).scalar()
            if there is not None:
                return int(there)
            new = insert(WEB).values(**row, change=_next_change(connection)).returning(WEB.c.id)
            number = int(connection.execute(new).scalar_one())
            if reply_to is not None:
                # The thread's root shows how many answers it has.
                _touch(connection, reply_to)
            return number

        (number,) = await self._writer.submit([write])
        message = await self.get(number)
        assert message is not None
        return message

    async def edit(self, message_id: int, card: Card) -> WebMessage | None:
        values = {"card": encode_card(card), "edited_at": self._clock.now()}
        await self._writer.submit([lambda c: _touch(c, message_id, **values)])
        return await self.get(message_id)

    async def delete(self, message_id: int) -> None:
        def write(connection: Connection) -> None:
            root = connection.execute(select(WEB.c.reply_to).where(WEB.c.id == message_id)).scalar()
            _touch(connection, message_id, deleted=True, card=None, text=None)
            if root is not None:
                # It has one answer less to show.
                _touch(connection, root)

        await self._writer.submit([write])

    async def get(self, message_id: int) -> WebMessage | None:
        return await self._first(_messages().where(WEB.c.id == message_id, WEB.c.deleted.is_(False)))

    async def by_nonce(self, nonce: str) -> WebMessage | None:
        return await self._first(_messages().where(WEB.c.nonce == nonce, WEB.c.deleted.is_(False)))

    async def _first(self, wanted: Select[Any]) -> WebMessage | None:
        row = await self._reader.once(lambda c: c.execute(wanted).first())
        return _as_message(row) if row else None

    async def page(
        self, conversation: str, *, reply_to: int | None = None, before: int | None = None, limit: int = 50
    ) -> Sequence[WebMessage]:
        line = WEB.c.reply_to.is_(None) if reply_to is None else WEB.c.reply_to == reply_to
        wanted = _messages().where(WEB.c.conversation == conversation, line, WEB.c.deleted.is_(False))
        if before is not None:
            wanted = wanted.where(WEB.c.id < before)
        newest = wanted.order_by(WEB.c.id.desc()).limit(limit)
        rows = await self._reader.once(lambda c: c.execute(newest).all())
        return [_as_message(row) for row in reversed(rows)]

    async def changed(self, after: int, limit: int = 200) -> tuple[int, Sequence[int]]:
        since = select(WEB.c.id, WEB.c.change).where(WEB.c.change > after).order_by(WEB.c.change).limit(limit)
        rows = await self._reader.once(lambda c: c.execute(since).all())
        return (int(rows[-1].change), [int(row.id) for row in rows]) if rows else (after, [])

    async def newest(self) -> int:
        newest = select(func.coalesce(func.max(WEB.c.change), 0))
        return int(await self._reader.once(lambda c: c.execute(newest).scalar_one()))


def _next_change(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(WEB.c.change), 0) + 1)).scalar_one())


def _touch(connection: Connection, message_id: int, **values: Any) -> None:
    connection.execute(
        update(WEB)
        .where(WEB.c.id == message_id, WEB.c.deleted.is_(False))
        .values(change=_next_change(connection), **values)
    )


def _messages() -> Select[Any]:
    answers = (
        select(func.count())
        .where(_THREAD.c.reply_to == WEB.c.id, _THREAD.c.deleted.is_(False))
        .scalar_subquery()
    )
    # Which case a card shows is known from its delivery key, `card:<case>@<place>`.
    shows = (
        select(MESSAGES.c.key)
        .where(MESSAGES.c.nonce == WEB.c.nonce, MESSAGES.c.key.startswith("card:"))
        .scalar_subquery()
    )
    return select(*WEB.c, answers.label("replies"), shows.label("shows"))


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
