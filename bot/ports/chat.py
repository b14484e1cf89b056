"""A chat platform to speak in, and what can go wrong there."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.ports.places import Place, Posted


class ChatError(Exception):
    """A chat platform's answer, translated at the edge; the platform's own error is its cause."""


class SlowDown(ChatError):
    """Too many requests; nothing was posted. `after` is how long the platform asks to wait."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(after)
        self.after = after


class Failed(ChatError):
    """It did not work this time and nothing was posted; trying again may help."""


class Down(Failed):
    """The platform cannot be reached or is out of order for everybody: it is waited for."""


class Shut(ChatError):
    """This place takes no words until a person mends something: we were removed from the channel, it was archived,
    our token was revoked. Nothing was posted. The text says what happened and what to do."""


class FateUnknown(ChatError):
    """The answer never came: the message may or may not be there."""


class Gone(ChatError):
    """The message to edit, or the thread to answer in, is not there any more."""


class Undeliverable(ChatError):
    """It will never work: no such channel, blocked, not allowed. The text is for a person."""


class Chat(Protocol):
    """A chat platform to speak in. Every method raises ChatErrors only."""

    @property
    def platform(self) -> str: ...
    @property
    def searchable(self) -> bool: ...

    async def direct(self, person: PersonId) -> Place:
        """The person's direct conversation with us. Undeliverable when there is no way."""

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        """Posts with the nonce in its metadata, below `reply_to` where given."""

    async def edit(self, posted: Posted, card: Card) -> None: ...
    async def delete(self, posted: Posted) -> None: ...
    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        """Looks for a message of unknown fate; only where `searchable`. `below` is the message it was to answer."""
