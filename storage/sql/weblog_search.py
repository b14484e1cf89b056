"""Looking for words in a conversation: newest first, a stretch at a time.

Cards are kept as JSON, so words are looked for in what the card shows, not in the database's own way: it works alike on
every database, and finds "manana" in "mañana".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.cards.plain import shown
from bot.grammar.text import fold
from storage.sql.codec import decode_card
from storage.sql.tables import WebMessageRow

WEB: Any = WebMessageRow.__table__  # type: ignore[attr-defined]
STRETCH: Final = 4_000
"""Messages that one search looks through before it asks whether to go on."""

_CHUNK: Final = 400


def matching(
    connection: Connection, conversation: str, words: Sequence[str], *, before: int | None, limit: int
) -> tuple[list[int], int | None]:
    """(numbers of messages that hold all the words, newest first; where to go on looking, or None)."""
    wanted, found, looked, at = [fold(word) for word in words], [], 0, before
    while looked < STRETCH:
        rows = connection.execute(_older(conversation, at)).all()
        for row in rows:
            if _holds(row, wanted):
                found.append(row.id)
                if len(found) == limit:
                    return found, row.id
        if len(rows) < _CHUNK:
            return found, None
        looked, at = looked + len(rows), rows[-1].id
    return found, at


def _older(conversation: str, before: int | None) -> Any:
    wanted = select(WEB.c.id, WEB.c.text, WEB.c.card).where(
        WEB.c.conversation == conversation, WEB.c.deleted.is_(False)
    )
    if before is not None:
        wanted = wanted.where(WEB.c.id < before)
    return wanted.order_by(WEB.c.id.desc()).limit(_CHUNK)


def _holds(row: Any, wanted: Sequence[str]) -> bool:
    said = row.text if row.card is None else "\n".join(shown(decode_card(row.card)))
    text = fold(said or "")
    return all(word in text for word in wanted)
