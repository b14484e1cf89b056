"""The Chat port for the built-in web chat: what Baton says is kept, and whoever looks sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from adapters.web.conversations import PLATFORM, direct_name
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Failed, Gone, Overloaded, Place, Posted, SlowDown, Stale, Undeliverable, WebLog

NOT_IN_POLICY: Final = "The policy does not name {person} any more."
NO_CHANNEL: Final = "No department has the web channel {conversation}: put it under `channels` in the policy."
NO_MESSAGE: Final = "The message {message} is not in the web chat."

Answer = TypeVar("Answer")


def _nobody_waits() -> None:
    """Live pages find changes by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """Speaks in the web chat. `nudge` is called after every change, so that live pages need not wait."""

    policy: Policy
    log: WebLog
    nudge: Callable[[], None] = _nobody_waits
    platform: str = PLATFORM
    searchable: bool = True

    async def direct(self, person: PersonId) -> Place:
        """The person's own conversation. Undeliverable for somebody the policy does not name."""
        if person not in self.policy.people:
            raise Undeliverable(NOT_IN_POLICY.format(person=person))
        return Place(platform=PLATFORM, conversation=direct_name(person), person=person)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        """Posts once per nonce. Overloaded: perhaps it was posted; look for it. Gone when `reply_to` is not there, Undeliverable for an unknown channel."""
        self._known(place)
        root = _number(reply_to) if reply_to else None
        if root is not None and await _asked(self.log.get(root)) is None:
            raise Gone(NO_MESSAGE.format(message=root))
        try:
            message = await self.log.post(place.conversation, nonce=nonce, reply_to=root, card=card)
        except Stale as stale:
            raise Failed(str(stale)) from stale
        self.nudge()
        return _posted(place.conversation, message.id)

    async def edit(self, posted: Posted, card: Card) -> None:
        """Shows the newer card instead. Gone when the message was deleted."""
        if await _asked(self.log.edit(_number(posted), card)) is None:
            raise Gone(NO_MESSAGE.format(message=posted.message))
        self.nudge()

    async def delete(self, posted: Posted) -> None:
        """Takes the message away; one that is not there is fine."""
        await _asked(self.log.delete(_number(posted)))
        self.nudge()

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        found = await _asked(self.log.by_nonce(nonce))
        return _posted(found.conversation, found.id) if found else None

    def _known(self, place: Place) -> None:
        if place.person is not None:
            if place.person not in self.policy.people:
                raise Undeliverable(NOT_IN_POLICY.format(person=place.person))
            return
        if not any(d.channels.get(PLATFORM) == place.conversation for d in self.policy.departments.values()):
            raise Undeliverable(NO_CHANNEL.format(conversation=place.conversation))


async def _asked(answer: Awaitable[Answer]) -> Answer:
    """The log's answer, its refusals told as a chat's: in both of them nothing was written."""
    try:
        return await answer
    except Overloaded as full:
        raise SlowDown(timedelta(seconds=full.retry_after)) from full
    except Stale as stale:
        raise Failed(str(stale)) from stale


def _number(posted: Posted) -> int:
    try:
        return int(posted.message)
    except ValueError as error:
        raise Gone(NO_MESSAGE.format(message=posted.message)) from error


def _posted(conversation: str, message: int) -> Posted:
    return Posted(platform=PLATFORM, conversation=conversation, message=str(message))
