"""The built-in web chat's memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards.card import Card
from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class WebMessage:
    """One message of the built-in web chat. `by` is None for Baton's own; `card` for Baton's, `text` for people's."""

    id: int
    conversation: str
    at: datetime
    edited_at: datetime | None = None
    by: PersonId | None = None
    reply_to: int | None = None
    card: Card | None = None
    text: str | None = None
    replies: int = 0
    case_id: int | None = None


class WebLog(Protocol):
    """The web chat's memory."""

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
        """Adds a message; the same nonce again returns the first one."""

    async def edit(self, message_id: int, card: Card) -> WebMessage | None: ...
    async def delete(self, message_id: int) -> None: ...
    async def get(self, message_id: int) -> WebMessage | None: ...
    async def by_nonce(self, nonce: str) -> WebMessage | None: ...
    async def page(
        self,
        conversation: str,
        *,
        reply_to: int | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> Sequence[WebMessage]:
        """The newest `limit` messages of the conversation's main line (or of one thread), oldest first; with `after`
        the first ones behind that message. `case_id` tells for a card's message which case it shows."""

    async def search(
        self, conversation: str, words: Sequence[str], *, before: int | None = None, limit: int = 20
    ) -> tuple[Sequence[WebMessage], int | None]:
        """Messages of the conversation and its threads that hold all of the words, newest first, however they are
        written (no case, no accents). The number is where to go on looking, as `before`; None at the beginning."""

    async def changed(self, after: int, limit: int = 200) -> tuple[int, Sequence[int]]:
        """(newest change number, ids of messages changed since `after`), for live updates across processes."""

    async def newest(self) -> int:
        """The newest change number; 0 when nothing was ever written."""
